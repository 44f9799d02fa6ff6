import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request as the test wants it. */
export type CannedHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on a real socket whose behaviour a test can change at any time. */
export interface CannedBbb {
  /** API root, as a server definition has it. */
  readonly url: string;
  handler: CannedHandler;
  readonly requests: string[];
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1. */
export async function startCannedBbb(handler: CannedHandler): Promise<CannedBbb> {
  const server = createServer((request, response) => {
    canned.requests.push(request.url ?? '');
    canned.handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const canned: CannedBbb = {
    url: `http://127.0.0.1:${port}/bigbluebutton/api`,
    handler,
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return canned;
}

/** Answers 200 with that body. */
export function answerWith(body: string, contentType = 'text/xml;charset=utf-8'): CannedHandler {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': contentType }).end(body);
  };
}
