import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';

/** A name or address with its port; anything else would be written into URLs. */
const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Who a request really comes from, as far as the proxies in front are trusted. */
export interface ClientAddresses {
  /** IP address of the client. */
  addressOf(request: IncomingMessage): string;
  /** Host the client asked for: X-Forwarded-Host counts only from a trusted proxy. */
  hostOf(request: IncomingMessage): string | undefined;
  /** `https://host:port` as the client wrote it, by the same rule; `undefined` without a usable Host. */
  originOf(request: IncomingMessage): string | undefined;
}

/** `trustProxy` as Express takes it: names or networks, a number of hops, or a plain yes or no. */
export function clientAddresses(trustProxy: string | boolean | number): ClientAddresses {
  const isTrusted = compile(trustProxy);
  const forwarded = (request: IncomingMessage, name: string): string | undefined => {
    const value = request.headers[name];
    const peer = request.socket.remoteAddress ?? '';
    return typeof value === 'string' && isTrusted(peer, 0) ? value.split(',', 1)[0]?.trim() : undefined;
  };
  const hostOf = (request: IncomingMessage): string | undefined =>
    forwarded(request, 'x-forwarded-host') ?? request.headers.host;
  return {
    addressOf: (request) => proxyAddr(request, isTrusted),
    hostOf,
    originOf: (request) => {
      const host = hostOf(request);
      if (host === undefined || !HOST.test(host)) return undefined;
      return `${forwarded(request, 'x-forwarded-proto')?.toLowerCase() === 'https' ? 'https' : 'http'}://${host}`;
    },
  };
}

function compile(trustProxy: string | boolean | number): (address: string, distance: number) => boolean {
  if (typeof trustProxy === 'boolean') return () => trustProxy;
  if (typeof trustProxy === 'number') return (_address, distance) => distance < trustProxy;
  return proxyAddr.compile(trustProxy.split(',').map((part) => part.trim()));
}
