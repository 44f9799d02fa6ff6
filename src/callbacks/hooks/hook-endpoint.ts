import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCallbackBody } from '../read-callback-body.js';
import type { EventRelay } from './event-relay.js';
import type { ServerHooks } from './server-hooks.js';

/** Ten of the largest events there are, chat messages of 5,000 characters, need a tenth of it. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface HookEndpointDeps {
  readonly serverHooks: Pick<ServerHooks, 'isFrom'>;
  readonly relay: Pick<EventRelay, 'take'>;
  /** Told of a request whose sender cannot have got the URL from Ballast. */
  readonly onForged: () => void;
}

/**
 * `POST /callbacks/hooks/<server>/<token>`: events of a server, in the outbox once they are answered 200. Rejects when the
 * store fails. To a hook that is not ours any more it says 404, and bbb-webhooks gives it up after some minutes.
 */
export function hookEndpoint({
  serverHooks,
  relay,
  onForged,
}: HookEndpointDeps): (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> {
  return async (request, response, path) => {
    const slash = path.indexOf('/');
    const serverId = decoded(path.slice(0, Math.max(slash, 0)));
    if (!serverHooks.isFrom(serverId, path.slice(slash + 1))) {
      onForged();
      answer(response, 404, 'there is nothing here');
      return;
    }
    if (request.method !== 'POST') {
      answer(response, 405, 'POST');
      return;
    }
    const body = await readCallbackBody(request, MAX_BODY_BYTES);
    if (!Buffer.isBuffer(body)) {
      answer(response, body === 'too-large' ? 413 : 400, body);
      return;
    }
    await relay.take(serverId, body.toString('utf8'));
    answer(response, 200, 'taken');
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // No server has such a name.
    return '';
  }
}
