/** Where Ballast can be reached. */
export interface OwnAddresses {
  readonly publicUrl: string | undefined;
  /** Where it listens. */
  readonly ownUrl: string;
}

const ANY_ADDRESS = new Set(['0.0.0.0', '[::]']);
const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/**
 * The base, without a slash at its end, under which a server reaches Ballast: `publicUrl`, else where it listens, where
 * that means the same to the server; `undefined` where it does not.
 */
export function reachableBase({ publicUrl, ownUrl }: OwnAddresses, serverUrl: string): string | undefined {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  const { hostname } = new URL(ownUrl);
  if (ANY_ADDRESS.has(hostname)) return undefined;
  // To a server elsewhere that would be an address of its own.
  if (LOOPBACK.test(hostname) && !LOOPBACK.test(new URL(serverUrl).hostname)) return undefined;
  return ownUrl.replace(/\/+$/, '');
}
