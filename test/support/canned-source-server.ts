import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** An HTTP server that answers every request as it is told; it is no engine, it is what stands in front of one. */
export interface CannedSourceServer {
  readonly url: string;
  /** Bodies of the requests so far. */
  readonly bodies: readonly string[];
  /** Connections that are open, and the most requests that were under way at once. */
  readonly openSockets: number;
  readonly mostAtOnce: number;
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void;
  close(): Promise<void>;
}

/** Starts one on a free port of the loopback. */
export async function cannedSourceServer(): Promise<CannedSourceServer> {
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  let underWay = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    response.on('close', () => (underWay -= 1));
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      bodies.push(body);
      canned.answer(request, response, body);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // What the client breaks off is what some tests are about.
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const canned: CannedSourceServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    get openSockets() {
      return sockets.size;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    answer: (_, response) => response.end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
  return canned;
}
