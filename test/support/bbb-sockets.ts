import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { ServerAddress } from '../../src/bbb/server-address.js';

/** A server under test and the address to call it by. */
export interface ListeningServer {
  readonly address: ServerAddress;
  close(): Promise<void>;
}

/** Serves HTTP with any listener, on a free port. */
export function listenHttp(listener: RequestListener): Promise<ListeningServer> {
  return listen(createHttpServer(listener), 'http');
}

/** Serves raw TCP: what is written is what the client gets, also what no HTTP server would send. */
export function listenTcp(onConnection: (socket: Socket) => void): Promise<ListeningServer> {
  return listen(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      onConnection(socket);
    }),
    'http',
  );
}

/** Listens on 127.0.0.1 and ends all its connections when closed. */
export async function listen(server: Server, protocol: 'http' | 'https'): Promise<ListeningServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${protocol}://127.0.0.1:${port}/bigbluebutton/api`;
  return {
    address: { id: 'bbb1', url, secret: 'topsecret', allowInsecureTls: false },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
