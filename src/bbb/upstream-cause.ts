import type { UpstreamCause } from './upstream-error.js';

const TLS_CODE =
  /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|CRL_|EPROTO)/;
const TIMEOUT_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** Names what a failed exchange means, from the error's code and from whether the request had begun to be sent. */
export function upstreamCause(error: unknown, hasStarted: boolean, isHttps: boolean): UpstreamCause {
  const code = errorCode(error);
  if (TLS_CODE.test(code)) return 'tls';
  if (TIMEOUT_CODES.has(code)) return 'timeout';
  // undici gives not every parser error a code.
  const isNoHttp = error instanceof Error && error.name === 'HTTPParserError';
  if (isNoHttp || code === 'UND_ERR_HEADERS_OVERFLOW') return 'notBbb';
  if (hasStarted) return 'reset';
  // A connection that breaks within the handshake; over plain HTTP there is none, so nobody listened.
  return isHttps && code === 'ECONNRESET' ? 'tls' : 'refused';
}

/** The code of a socket, TLS, parser or undici error, empty when it has none. Carries no address and no secret. */
export function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
