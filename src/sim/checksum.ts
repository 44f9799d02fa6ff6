import { createHash, timingSafeEqual } from 'node:crypto';

export type SimChecksumAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const ALGORITHM_BY_LENGTH: ReadonlyMap<number, SimChecksumAlgorithm> = new Map([
  [40, 'sha1'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
]);

/** Lower-case hex of HASH(call + query + secret). Written apart from Ballast's own, so that each tests the other. */
export function checksumOf(
  algorithm: SimChecksumAlgorithm,
  call: string,
  query: string,
  secret: string,
): string {
  // Node hands the request target over as latin1: hashing it as UTF-8 would change raw non-ASCII bytes.
  return createHash(algorithm).update(call).update(query, 'latin1').update(secret, 'utf8').digest('hex');
}

/** Cuts the checksum parameter out of a raw query by bbb-web's three literal replacements, in its order. */
export function withoutChecksum(query: string, value: string): string {
  return query
    .replaceAll(`&checksum=${value}`, '')
    .replaceAll(`checksum=${value}&`, '')
    .replaceAll(`checksum=${value}`, '');
}

/** Whether `value` is the checksum of call and `query` (already without it) under the secret; hex of any case. */
export function isChecksumRight(
  value: string,
  call: string,
  query: string,
  secret: string,
  algorithms: readonly SimChecksumAlgorithm[],
): boolean {
  const algorithm = ALGORITHM_BY_LENGTH.get(value.length);
  if (algorithm === undefined || !algorithms.includes(algorithm)) return false;
  const expected = Buffer.from(checksumOf(algorithm, call, query, secret), 'latin1');
  const given = Buffer.from(value.toLowerCase(), 'latin1');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
