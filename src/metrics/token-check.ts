import { createHash, timingSafeEqual } from 'node:crypto';

/** Answers whether a token is one of `tokens`; compares hashes in constant time and looks at all of them. */
export function tokenCheck(tokens: readonly string[]): (token: string) => boolean {
  const known = tokens.filter((token) => token !== '').map(hashOf);
  return (token) => {
    const given = hashOf(token);
    let isKnown = false;
    for (const hash of known) isKnown = timingSafeEqual(hash, given) || isKnown;
    return isKnown;
  };
}

/** The token of `Authorization: Token …` (InfluxDB) or `Bearer …`; `undefined` when there is none. */
export function tokenOf(authorization: string | undefined): string | undefined {
  return /^(?:token|bearer) +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
