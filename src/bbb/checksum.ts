import { hash, timingSafeEqual } from 'node:crypto';

/** Digests BBB signs with; a checksum's length tells which one it is (40, 64, 96 or 128 hex digits). */
export type ChecksumAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** What a checksum turned out to be; everything but `valid` is answered with `checksumError`. */
export type ChecksumVerdict = 'valid' | 'missing' | 'repeated' | 'wrong';

/** What a query is checked against. */
export interface ChecksumCheck {
  /** The part of the path after `/bigbluebutton/api/`. */
  readonly call: string;
  /** The query as received, latin1 text of its bytes as node gives it in `req.url`, without `?`. */
  readonly query: string;
  /** Live secrets; any of them may have signed. Empty ones never match. */
  readonly secrets: readonly string[];
  readonly algorithms: readonly ChecksumAlgorithm[];
}

const ALGORITHM_BY_LENGTH: ReadonlyMap<number, ChecksumAlgorithm> = new Map([
  [40, 'sha1'],
  [64, 'sha256'],
  [96, 'sha384'],
  [128, 'sha512'],
]);
const NAME = 'checksum';
const HEX = /^[0-9a-fA-F]+$/;
const BEYOND_ASCII = /[\x80-\uffff]/;
const PERCENT = /%([0-9a-f]{2})/gi;
// eslint-disable-next-line no-control-regex -- controls are what BBB takes out of names before it compares them
const BLANKS = /[\x00-\x20+\x7f-\xa0]/g;

/** The query with `checksum=` appended, signed as it stands: what is hashed is what goes over the wire. */
export function signQuery(
  call: string,
  query: string,
  secret: string,
  algorithm: ChecksumAlgorithm = 'sha256',
): string {
  const checksum = hash(algorithm, signedBytes(call, query, secret), 'hex');
  return query === '' ? `checksum=${checksum}` : `${query}&checksum=${checksum}`;
}

/**
 * Checks the checksum parameter of a raw query, wherever it stands, in constant time. More than one parameter that a
 * server could take for the checksum, or its text a second time anywhere, is `repeated`.
 */
export function verifyChecksum({ call, query, secrets, algorithms }: ChecksumCheck): ChecksumVerdict {
  const found = findChecksum(query);
  if (typeof found === 'string') return found;
  const rest = query.slice(0, found.cutFrom) + query.slice(found.cutTo);
  return checkAgainst(found.value, [{ call, query: rest }], secrets, algorithms);
}

/** The raw query without its checksum parameters, nothing else touched: with one of them, the text that was signed. */
export function stripChecksum(raw: string): string {
  let rest = raw;
  for (let found = firstChecksum(rest); found !== undefined; found = firstChecksum(rest)) {
    rest = rest.slice(0, found.cutFrom) + rest.slice(found.cutTo);
  }
  return rest;
}

/** A text that may have been signed. */
export interface SignedText {
  readonly call: string;
  readonly query: string;
}

/** Whether a hex checksum signs one of the texts with one of the secrets; looks at all of them, so time tells nothing. */
export function checkAgainst(
  checksum: string,
  texts: readonly SignedText[],
  secrets: readonly string[],
  algorithms: readonly ChecksumAlgorithm[],
): ChecksumVerdict {
  if (checksum === '') return 'missing';
  const algorithm = ALGORITHM_BY_LENGTH.get(checksum.length);
  if (algorithm === undefined || !algorithms.includes(algorithm) || !HEX.test(checksum)) return 'wrong';
  const given = Buffer.from(checksum.toLowerCase(), 'latin1');
  let matches = 0;
  for (const secret of secrets) {
    if (secret === '') continue;
    for (const text of texts) {
      // Compared as hex: node makes a hex digest in half the time of one as bytes.
      const expected = hash(algorithm, signedBytes(text.call, text.query, secret), 'hex');
      if (timingSafeEqual(given, Buffer.from(expected, 'latin1'))) matches++;
    }
  }
  return matches > 0 ? 'valid' : 'wrong';
}

/** Where the one checksum of a raw query stands, or why there is none to use. */
export function findChecksum(query: string): FoundChecksum | 'missing' | 'repeated' {
  const first = firstChecksum(query);
  if (first === undefined) return 'missing';
  // A signer cannot have known its own checksum: its text elsewhere in the query was put there afterwards.
  if (first.value !== '' && countOf(query, `${NAME}=${first.value}`) > 1) return 'repeated';
  return countNamed(query) > 1 ? 'repeated' : first;
}

/** One `checksum=…` parameter: its value, and the range to cut, which is what BBB's replacements take out. */
export interface FoundChecksum {
  readonly value: string;
  readonly cutFrom: number;
  readonly cutTo: number;
}

function firstChecksum(query: string): FoundChecksum | undefined {
  for (let at = query.indexOf(NAME); at !== -1; at = query.indexOf(NAME, at + NAME.length)) {
    if (at > 0 && query.charCodeAt(at - 1) !== 38) continue;
    const afterName = at + NAME.length;
    const next = query.indexOf('&', afterName);
    const end = next === -1 ? query.length : next;
    if (afterName !== end && query.charCodeAt(afterName) !== 61) continue;
    const value = afterName === end ? '' : query.slice(afterName + 1, end);
    if (at > 0) return { value, cutFrom: at - 1, cutTo: end };
    return { value, cutFrom: 0, cutTo: next === -1 ? end : end + 1 };
  }
  return undefined;
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

/** Counts parameters whose decoded name is the checksum's, as BBB reads names: without controls and outer blanks. */
function countNamed(query: string): number {
  let count = 0;
  let equals = query.indexOf('=');
  for (let at = 0; at <= query.length;) {
    const next = query.indexOf('&', at);
    const end = next === -1 ? query.length : next;
    if (equals !== -1 && equals < at) equals = query.indexOf('=', at);
    const nameEnd = equals === -1 || equals > end ? end : equals;
    // Only a longer name can decode to it; most are shorter and cost nothing.
    if (nameEnd - at === NAME.length) {
      if (query.startsWith(NAME, at)) count++;
    } else if (nameEnd - at > NAME.length && meansChecksum(query.slice(at, nameEnd))) count++;
    at = end + 1;
  }
  return count;
}

function meansChecksum(name: string): boolean {
  const text = name.replace(PERCENT, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return text.replace(BLANKS, '') === NAME;
}

function signedBytes(call: string, query: string, secret: string): string | Buffer {
  if (!BEYOND_ASCII.test(query)) return call + query + secret;
  return Buffer.concat([Buffer.from(call + query, 'latin1'), Buffer.from(secret, 'utf8')]);
}
