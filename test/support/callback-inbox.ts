import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from './app-rig.js';

/** One call that a front end got. */
export interface InboxCall {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The side of a front end that takes callbacks, on a free port. */
export class CallbackInbox {
  readonly calls: InboxCall[] = [];
  /** Answered to the next calls. */
  status = 200;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<CallbackInbox> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        inbox.calls.push({
          method: request.method ?? '',
          url: request.url ?? '',
          headers: request.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        });
        response.writeHead(inbox.status).end();
      });
    });
    const inbox = new CallbackInbox(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return inbox;
  }

  /** `http://127.0.0.1:port` and this path. */
  url(path: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  /** Calls to a path, whatever their query. */
  to(path: string): readonly InboxCall[] {
    return this.calls.filter(({ url }) => url.split('?', 1)[0] === path);
  }

  /** Waits for so many calls to a path. */
  async waitFor(path: string, count = 1, timeoutMs = 8_000): Promise<readonly InboxCall[]> {
    await until(`${count} calls to ${path}`, () => this.to(path).length >= count, timeoutMs);
    return this.to(path);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
