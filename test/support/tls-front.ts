import { readFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

/** A TLS front of a plain server. */
export interface TlsFront {
  /** The plain URL, by https at the front's port. */
  readonly url: string;
  /** When its certificate ended, ms since 1970. */
  readonly expiresAt: number;
  close(): Promise<void>;
}

/** Serves what is at `plainUrl` by TLS on a free port, with a certificate that ended on 1 January 2021. */
export async function expiredTlsFront(plainUrl: string): Promise<TlsFront> {
  const read = (name: string): string => readFileSync(new URL(`./tls/${name}`, import.meta.url), 'utf8');
  const { hostname, port, pathname } = new URL(plainUrl);
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createServer({ key: read('key.pem'), cert: read('expired-cert.pem') }, (socket) => {
    const plain = connect(Number(port), hostname);
    for (const end of [socket, plain]) {
      sockets.add(end);
      end.once('close', () => sockets.delete(end));
      end.on('error', () => undefined);
    }
    socket.pipe(plain).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    expiresAt: Date.UTC(2021, 0, 1),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}
