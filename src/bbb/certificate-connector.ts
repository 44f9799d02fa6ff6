import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';

/**
 * undici's own connector, which tells when the certificate of each new TLS connection ends, ms since 1970: also one that is
 * expired, where the connection is made all the same. A kept connection tells nothing new.
 */
export function certificateConnector(
  options: buildConnector.BuildOptions,
  onExpiry: (expiresAt: number) => void,
): buildConnector.connector {
  const connect = buildConnector(options);
  return (target, callback) => {
    connect(target, (...result) => {
      const [error, socket] = result;
      if (error === null && socket instanceof TLSSocket) {
        const expiresAt = Date.parse(socket.getPeerCertificate().valid_to);
        if (!Number.isNaN(expiresAt)) onExpiry(expiresAt);
      }
      callback(...result);
    });
  };
}
