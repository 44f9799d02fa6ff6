import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { StreamedBody } from '../bbb/bbb-request.js';
import { ClientGone } from './receive-body.js';

/** A body on its way through, and what ends that. */
export interface PassedBody extends StreamedBody {
  /** Nobody wants more: what is left is read away, so that the client gets to see the answer. */
  release(): void;
}

/** The body of a request, yet to be read, for a server; `undefined` when it has none. Throws ClientGone while it is read. */
export function streamedBody(request: IncomingMessage): PassedBody | undefined {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && Number(length ?? 0) === 0) return undefined;
  // Not the request's own iterator: a request stops for ever when that is left while it waits.
  const chunks = new PassThrough();
  const onClose = (): void => {
    if (!request.complete) chunks.destroy(new ClientGone('the client broke off'));
  };
  request.once('close', onClose);
  // It closes as well, and then says why.
  request.on('error', () => undefined);
  chunks.on('error', () => undefined);
  request.pipe(chunks);
  return {
    kind: 'stream',
    chunks,
    length: encoding === undefined ? Number(length) : undefined,
    release: () => {
      request.off('close', onClose);
      request.unpipe(chunks);
      chunks.destroy();
      request.resume();
    },
  };
}
