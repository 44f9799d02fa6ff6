import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '../log.js';
import type { CallbackReceiver } from './callback-receiver.js';
import { CALLBACKS_PATH } from './own-urls.js';

/** First part, behind `/callbacks/`, of the URLs that servers' webhooks call. */
const HOOKS = 'hooks/';

export interface CallbackTakerDeps {
  readonly receiver: CallbackReceiver;
  /** Takes what comes to `/callbacks/hooks/…`; `path` is what stands behind that. It answers by itself. */
  readonly hooks?:
    ((request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>) | undefined;
  readonly logger: Logger;
}

/** Takes the requests below `/callbacks/`, which only servers send; false: it is somebody else's. */
export function callbackTaker({
  receiver,
  hooks,
  logger,
}: CallbackTakerDeps): (request: IncomingMessage, response: ServerResponse, requestId: string) => boolean {
  const serve = async (request: IncomingMessage, response: ServerResponse, path: string, query: string) => {
    if (hooks !== undefined && path.startsWith(HOOKS)) {
      await hooks(request, response, path.slice(HOOKS.length));
      return;
    }
    const { status, text } = await receiver.receive(request, path, query);
    write(response, status, text);
  };
  return (request, response, requestId) => {
    const url = request.url ?? '';
    if (!url.startsWith(CALLBACKS_PATH)) return false;
    response.setHeader('X-Request-Id', requestId);
    const queryAt = url.indexOf('?');
    const path = url.slice(CALLBACKS_PATH.length, queryAt < 0 ? undefined : queryAt);
    serve(request, response, path, queryAt < 0 ? '' : url.slice(queryAt + 1))
      .catch((error: unknown) => {
        logger.error('a callback could not be taken', { requestId, error });
        if (!response.headersSent) write(response, 503, 'try again');
        else response.destroy();
      })
      .finally(() => {
        // What is left of a body that was refused is read away, so that the server gets to see the answer.
        if (!request.complete) request.resume();
      });
    return true;
  };
}

function write(response: ServerResponse, status: number, text: string): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(status === 503 && { 'Retry-After': '30' }),
    // An unread rest of 100 MB is not waited for.
    ...(status === 413 && { Connection: 'close' }),
  });
  response.end(`${text}\n`);
}
