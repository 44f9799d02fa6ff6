import type { IncomingMessage, ServerResponse } from 'node:http';
import { JSON_CONTENT_TYPE, XML_CONTENT_TYPE, failedJson, failedXml } from '../bbb/answer.js';
import type { BbbError, MessageKey } from '../bbb/error.js';
import { recordingMessages } from '../bbb/messages.js';
import type { CallAnswer, CallDefinition } from './call-definition.js';

/**
 * Sends an answer the way BBB does: HTTP 200 also for FAILED, never cached, exact length; of one that comes piece by piece
 * only its head. One flat list of headers,
 * since setting them one by one costs a tenth of a join.
 */
export function writeAnswer(response: ServerResponse, answer: CallAnswer, requestId: string): void {
  const { body } = answer;
  const headers: (string | number)[] = [
    'X-Request-Id',
    requestId,
    'Content-Type',
    answer.contentType ?? XML_CONTENT_TYPE,
    'Cache-Control',
    'no-cache',
  ];
  if (typeof body === 'string') headers.push('Content-Length', Buffer.byteLength(body));
  else if (Buffer.isBuffer(body)) headers.push('Content-Length', body.length);
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    if (typeof value === 'string') headers.push(name, value);
    else for (const one of value) headers.push(name, one);
  }
  response.writeHead(answer.status ?? 200, headers);
  if (typeof body === 'string' || Buffer.isBuffer(body)) response.end(body);
}

/** What BBB answers in XML even where the call answers in JSON, unless the client would rather have JSON. */
const XML_KEYS: readonly MessageKey[] = ['checksumError', 'missingParamRecordID'];

/** A refusal in the form the call's clients parse; `request` says what its client would rather have. */
export function refusalAnswer(
  error: BbbError,
  refusal: CallDefinition['refusal'],
  request?: Pick<IncomingMessage, 'headers'>,
): CallAnswer {
  const { messageKey } = error;
  const isOldText = refusal !== 'xml' && messageKey === 'checksumError';
  const message = isOldText ? recordingMessages.checksumError : error.message;
  const isJson =
    refusal === 'json' && (!XML_KEYS.includes(messageKey) || prefersJson(request?.headers.accept ?? ''));
  return {
    status: messageKey === 'tooManyFailedChecksums' ? 429 : messageKey === 'requestTooLarge' ? 413 : 200,
    body: isJson ? failedJson(messageKey, message) : failedXml(messageKey, message),
    contentType: isJson ? JSON_CONTENT_TYPE : XML_CONTENT_TYPE,
    outcome: messageKey === 'internalError' ? 'error' : 'refused',
    messageKey,
  };
}

function prefersJson(accept: string): boolean {
  const json = accept.indexOf('application/json');
  const xml = accept.search(/(?:text|application)\/xml/);
  return json !== -1 && (xml === -1 || json < xml);
}
