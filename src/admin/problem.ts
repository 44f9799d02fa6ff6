import { STATUS_CODES } from 'node:http';
import type { Request, Response } from 'express';
import { BbbError } from '../bbb/error.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { Logger } from '../log.js';
import { ClusterError } from './cluster-faults.js';
import type { ProblemAnswer } from './views.js';

/** A refusal of the admin API: its status, one sentence, and every fault where a body was refused. */
export class AdminError extends Error {
  override readonly name = 'AdminError';

  constructor(
    readonly status: number,
    message: string,
    readonly errors?: readonly string[],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What an error is towards the client. Anything unforeseen is a 500 whose cause only the log tells. */
export function toAdminError(error: unknown): AdminError {
  if (error instanceof AdminError) return error;
  if (error instanceof ClusterError) {
    return new AdminError(400, 'the document cannot be applied; nothing was changed', error.shown);
  }
  if (error instanceof BbbError)
    return new AdminError(statusOf(error), error.message, undefined, { cause: error });
  if (error instanceof UpstreamError) {
    const detail = `server ${error.serverId} did not answer as it should (${error.reason})`;
    return new AdminError(502, detail, undefined, { cause: error });
  }
  const status = httpStatus(error);
  if (status === 413) return new AdminError(413, 'the body is too large');
  if (status !== undefined) return new AdminError(status, 'the request cannot be read');
  return new AdminError(500, 'internal error, the log tells more under this request id', undefined, {
    cause: error,
  });
}

/** Writes the problem as `application/problem+json`, and logs what is Ballast's own fault. */
export function sendProblem(req: Request, res: Response, thrown: unknown, logger: Logger): void {
  const error = toAdminError(thrown);
  const requestId = requestIdOf(res);
  if (error.status === 500) {
    logger.error('admin request failed', {
      requestId,
      method: req.method,
      path: req.path,
      error: error.cause,
    });
  }
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const problem: ProblemAnswer = {
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    errors: error.errors,
    requestId,
  };
  res
    .status(error.status)
    .type('application/problem+json')
    .send(`${JSON.stringify(problem)}\n`);
}

/** The id the front handler gave this request. */
export function requestIdOf(res: Response): string | undefined {
  const id = res.getHeader('x-request-id');
  return typeof id === 'string' ? id : undefined;
}

function statusOf(error: BbbError): number {
  switch (error.messageKey) {
    case 'notFound':
    case 'meetingNotFound':
    case 'unknownTenant':
      return 404;
    case 'noServerAvailable':
    case 'serverUnavailable':
      return 503;
    case 'internalError':
      return 500;
    default:
      return 409;
  }
}

/** Errors of Express and its body parser carry a status of their own. */
function httpStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
