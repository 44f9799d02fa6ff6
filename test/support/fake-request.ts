import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

/** A request that never came over a wire: headers (names in lower case) and the address it seems to come from. */
export function fakeRequest(headers: Readonly<Record<string, string>>, remoteAddress = '127.0.0.1') {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  return request;
}
