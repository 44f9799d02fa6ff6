import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

/** Who a request really comes from, as far as the proxies in front are trusted. */
export interface ClientAddresses {
  /** IP address of the client. */
  addressOf(request: IncomingMessage): string;
  /** Host the client asked for: X-Forwarded-Host counts only from a trusted proxy. */
  hostOf(request: IncomingMessage): string | undefined;
}

/** `trustProxy` as Express takes it: names or networks, a number of hops, or a plain yes or no. */
export function clientAddresses(trustProxy: string | boolean | number): ClientAddresses {
  const isTrusted = compile(trustProxy);
  return {
    addressOf: (request) => proxyAddr(request, isTrusted),
    hostOf: (request) => {
      const forwarded = request.headers['x-forwarded-host'];
      const peer = request.socket.remoteAddress ?? '';
      if (typeof forwarded === 'string' && isTrusted(peer, 0)) return forwarded.split(',', 1)[0]?.trim();
      return request.headers.host;
    },
  };
}

function compile(trustProxy: string | boolean | number): (address: string, distance: number) => boolean {
  if (typeof trustProxy === 'boolean') return () => trustProxy;
  if (typeof trustProxy === 'number') return (_address, distance) => distance < trustProxy;
  return proxyAddr.compile(trustProxy.split(',').map((part) => part.trim()));
}
