import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';

/** A proxy that lets through who has the token, as stands in front of a Prometheus, which has no tokens of its own. */
export interface TokenGate {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one on a free port of the loopback. */
export async function startTokenGate(target: string, token: string): Promise<TokenGate> {
  const server = createServer((incoming, response) => {
    if (incoming.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('Unauthorized\n');
      return;
    }
    const { method, url = '/', headers } = incoming;
    void request(target + url, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers: { 'content-type': headers['content-type'] ?? 'text/plain' },
      body: method === 'POST' ? incoming : null,
    }).then(
      async ({ statusCode, headers: own, body }) => {
        response.writeHead(statusCode, { 'content-type': own['content-type'] ?? 'text/plain' });
        response.end(await body.text());
      },
      () => {
        response.writeHead(502).end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
