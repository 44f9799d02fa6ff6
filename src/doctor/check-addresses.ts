import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { errorCode } from '../bbb/upstream-cause.js';
import { abortable } from '../metrics/abortable.js';
import type { Finding } from './report.js';

export interface CheckAddressesDeps {
  /** By setting: an address at which browsers or servers are to reach Ballast. */
  readonly addresses: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The resolver of this host by default. */
  readonly resolve?: (host: string) => Promise<unknown>;
}

/**
 * Whether the names in Ballast's own addresses are known here. One that is not is a note: it counts what browsers and
 * servers know, and their DNS may be another. Never throws.
 */
export async function checkAddresses(deps: CheckAddressesDeps): Promise<readonly Finding[]> {
  const { addresses, timeoutMs, resolve = lookup } = deps;
  const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(timeoutMs)]);
  const asked = Object.entries(addresses).map(async ([setting, address]): Promise<readonly Finding[]> => {
    if (address === undefined) return [];
    const host = new URL(address).hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) return [];
    try {
      await abortable(resolve(host), signal);
      return [];
    } catch (error) {
      const code = errorCode(error);
      const why = signal.aborted
        ? `no answer within ${timeoutMs / 1000} s`
        : code === ''
          ? 'no answer'
          : code;
      const message = `${setting}: the name ${host} cannot be looked up here (${why})`;
      const advice = `correct ${setting}, or its DNS record; it has to lead to Ballast for browsers and for the servers`;
      return [{ severity: 'note', about: 'configuration', message, advice }];
    }
  });
  return (await Promise.all(asked)).flat();
}
