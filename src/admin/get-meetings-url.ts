import { signQuery } from '../bbb/checksum.js';
import type { ServerAddress } from '../bbb/server-address.js';

/**
 * The signed URL of a server's getMeetings. Without parameters its checksum stays the same as long as the secret, so that
 * a monitoring agent can ask with it. SHA-256, which every BBB since 2.2 takes.
 */
export function getMeetingsUrl({ url, secret }: Pick<ServerAddress, 'url' | 'secret'>): string {
  return `${url}/getMeetings?${signQuery('getMeetings', '', secret)}`;
}
