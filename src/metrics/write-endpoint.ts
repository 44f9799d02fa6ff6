import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Logger } from '../log.js';
import { type IngestEvent, type IngestRejection, IngestTally } from './ingest-tally.js';
import { LineProtocolReader, type LineFault } from './line-protocol.js';
import type { Point, WantsPoint } from './parse-line.js';
import type { PointFault } from './series-book.js';
import { PRECISIONS } from './timestamp.js';
import { tokenOf } from './token-check.js';

/** A `POST /api/v2/write`, whatever server took it. */
export interface WriteRequest {
  readonly authorization: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentLength: number | undefined;
  /** The query parameter: ns (default), us, ms or s. */
  readonly precision: string | undefined;
  readonly body: Readable;
}

export interface WriteDeps {
  readonly authorize: (token: string) => boolean;
  /** Takes the points; an `IngestStore`. */
  readonly store: {
    readonly wants: WantsPoint;
    /** Returns why the point does not count, if so. */
    write(point: Point): PointFault | undefined;
  };
  readonly logger: Logger;
  /** Told what became of each write. */
  readonly onWrite?: ((event: IngestEvent) => void) | undefined;
  /** Of the body, as sent and unzipped; InfluxDB's 25 MB unless given. */
  readonly maxBytes?: number;
}

export interface WriteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const DEFAULT_MAX_BYTES = 25_000_000;

class TooLarge extends Error {}

/** The request's or gunzip's own fault. */
class Unreadable extends Error {}

/**
 * Takes a batch of line protocol as InfluxDB 2 does (`POST /api/v2/write`): 204; 400 naming the first bad line, the good
 * ones kept; 401; 413; 500 where the store fails, which is logged. Reads the body as it comes and holds one line of it. Throws nothing.
 */
export async function handleWrite(request: WriteRequest, deps: WriteDeps): Promise<WriteAnswer> {
  const tally = new IngestTally();
  const answer = await takeWrite(request, deps, tally);
  deps.onWrite?.(tally);
  return answer;
}

async function takeWrite(request: WriteRequest, deps: WriteDeps, tally: IngestTally): Promise<WriteAnswer> {
  const refuse = (reason: IngestRejection, answer: WriteAnswer): WriteAnswer => {
    tally.reject(reason);
    return answer;
  };
  const token = tokenOf(request.authorization);
  if (token === undefined || !deps.authorize(token))
    return refuse('unauthorized', refusal(401, 'unauthorized', 'unauthorized access'));
  const precision = PRECISIONS.find((unit) => unit === (request.precision ?? 'ns'));
  if (precision === undefined) {
    const message = 'invalid precision; valid precision units are ns, us, ms, and s';
    return refuse('precision', refusal(400, 'invalid', message));
  }
  const maxBytes = deps.maxBytes ?? DEFAULT_MAX_BYTES;
  if ((request.contentLength ?? 0) > maxBytes) return refuse('too-large', tooLarge());
  const encoding = (request.contentEncoding ?? '').trim().toLowerCase();
  if (encoding !== '' && encoding !== 'identity' && encoding !== 'gzip') {
    const message = 'unsupported content encoding; send gzip or none';
    return refuse('encoding', refusal(400, 'invalid', message));
  }

  let first: LineFault | undefined;
  let faults = 0;
  const reader = new LineProtocolReader({
    precision,
    wants: deps.store.wants,
    onPoint: (point) => {
      const fault = deps.store.write(point);
      if (fault !== undefined) tally.reject(fault);
    },
    onFault: (fault) => {
      first ??= fault;
      faults += 1;
      tally.reject('line');
    },
  });
  try {
    await readBody(request.body, encoding === 'gzip', maxBytes, reader);
    reader.end();
  } catch (error) {
    if (error instanceof TooLarge) return refuse('too-large', tooLarge());
    if (error instanceof Unreadable) {
      const cause = error.message;
      deps.logger.debug('ingest: body unreadable', { cause });
      return refuse('unreadable', refusal(400, 'invalid', `unable to read data: ${cause}`));
    }
    // No word of it to the client, which does best to send it again.
    deps.logger.error('ingest: points could not be taken', { error });
    return refusal(500, 'internal error', 'internal error');
  } finally {
    tally.lines = reader.linesRead;
  }
  if (first === undefined) return { status: 204, headers: {}, body: '' };
  const more = faults === 1 ? '' : `; ${faults} lines dropped`;
  deps.logger.debug('ingest: partial write', { line: first.line, cause: first.message, dropped: faults });
  return refusal(400, 'invalid', `partial write: line ${first.line}: ${first.message}${more}`);
}

/** `handleWrite` as a node:http (and thus Express) handler. */
export function writeHandler(deps: WriteDeps): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  return async (req, res) => {
    const query = (req.url ?? '').split('?', 2)[1] ?? '';
    const length = Number(req.headers['content-length']);
    const { status, headers, body } = await handleWrite(
      {
        authorization: req.headers.authorization,
        contentEncoding: req.headers['content-encoding'],
        contentLength: Number.isFinite(length) ? length : undefined,
        precision: new URLSearchParams(query).get('precision') ?? undefined,
        body: req,
      },
      deps,
    );
    if (res.destroyed || res.headersSent) return;
    res.writeHead(status, headers);
    res.end(body);
  };
}

/**
 * Not a pipeline: that would destroy the request when it fails, and with it the connection the answer goes out on.
 * What is left of a refused body is read and thrown away, so that the client comes to read its answer.
 */
function readBody(
  body: Readable,
  isGzip: boolean,
  maxBytes: number,
  reader: LineProtocolReader,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const gunzip = isGzip ? createGunzip() : undefined;
    const content: Readable = gunzip ?? body;
    let received = 0;
    let read = 0;
    let isOver = false;
    const fail = (error: unknown): void => {
      if (isOver) return;
      isOver = true;
      body.unpipe();
      gunzip?.destroy();
      body.resume();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const failToRead = (cause: Error): void => {
      fail(new Unreadable(cause.message, { cause }));
    };
    body.on('error', failToRead);
    body.on('close', () => {
      if (!body.readableEnded) fail(new Unreadable('the body broke off'));
    });
    content.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read > maxBytes) fail(new TooLarge());
      if (isOver) return;
      try {
        reader.push(chunk);
      } catch (error) {
        // Thrown out of a stream's listener it would end the process.
        fail(error);
      }
    });
    content.on('end', () => {
      isOver = true;
      resolve();
    });
    if (gunzip !== undefined) {
      gunzip.on('error', failToRead);
      body.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > maxBytes) fail(new TooLarge());
      });
      body.pipe(gunzip);
    }
  });
}

function tooLarge(): WriteAnswer {
  return refusal(413, 'request too large', 'unable to read data: points batch is too large');
}

function refusal(status: number, code: string, message: string): WriteAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'x-platform-error-code': code },
    body: JSON.stringify({ code, message }),
  };
}
