import { TLSSocket, type PeerCertificate } from 'node:tls';
import { buildConnector } from 'undici';

/**
 * undici's own connector, which tells when the certificate of each new TLS connection ends, ms since 1970: also one that is
 * expired, where the connection is made all the same. A kept connection tells nothing new, and neither would a resumed
 * TLS session, which comes without the certificate: each connection makes a session of its own.
 */
export function certificateConnector(
  options: buildConnector.BuildOptions,
  onExpiry: (expiresAt: number) => void,
): buildConnector.connector {
  const connect = buildConnector({ ...options, maxCachedSessions: 0 });
  return (target, callback) => {
    connect(target, (...result) => {
      const [error, socket] = result;
      if (error === null && socket instanceof TLSSocket) {
        const expiresAt = expiryOf(socket);
        if (expiresAt !== undefined) onExpiry(expiresAt);
      }
      callback(...result);
    });
  };
}

function expiryOf(socket: TLSSocket): number | undefined {
  // The types know neither of these: `null` for a socket that was destroyed, an empty object for a resumed session.
  const certificate = socket.getPeerCertificate() as Partial<PeerCertificate> | null;
  const expiresAt = Date.parse(certificate?.valid_to ?? '');
  return Number.isNaN(expiresAt) ? undefined : expiresAt;
}
