import { checkAgainst, findChecksum, stripChecksum } from './checksum.js';
import type { ChecksumAlgorithm, ChecksumVerdict, SignedText } from './checksum.js';
import { RawQuery } from './raw-query.js';

/** A form POST without a query string, whose checksum is among the fields. */
export interface FormChecksumCheck {
  readonly call: string;
  /** The body as received, latin1 text of its bytes. */
  readonly body: string;
  readonly secrets: readonly string[];
  readonly algorithms: readonly ChecksumAlgorithm[];
  /** Whether a checksum that leaves the fields unsigned is taken, as BBB itself does on recording calls. */
  readonly allowUnsigned: boolean;
}

const KEPT_BY_JAVA = /[!'()~]|%20/g;

/**
 * Checks a body-only form POST. Versions of BBB sign it in different ways, so each is taken: the body as it stands, the
 * fields sorted and encoded by Java's URLEncoder (up to 2.6.17 and 2.7.7) and, if allowed, nothing but the call.
 */
export function verifyFormChecksum(check: FormChecksumCheck): ChecksumVerdict {
  const { call, body, secrets, algorithms } = check;
  const found = findChecksum(body);
  if (typeof found === 'string') return found;
  const texts: SignedText[] = [
    { call, query: stripChecksum(body) },
    { call, query: canonicalForm(body) },
  ];
  if (check.allowUnsigned) texts.push({ call, query: '' });
  return checkAgainst(found.value, texts, secrets, algorithms);
}

/** The fields but the checksum, sorted by name, values encoded as Java does and names not: latin1 text of the bytes. */
function canonicalForm(body: string): string {
  const fields = RawQuery.parse(body);
  const pairs: string[] = [];
  for (const name of fields.names().sort()) {
    if (name === 'checksum') continue;
    const rawName = Buffer.from(name, 'utf8').toString('latin1');
    for (const value of fields.getAll(name)) pairs.push(`${rawName}=${javaEncode(value)}`);
  }
  return pairs.join('&');
}

function javaEncode(text: string): string {
  // Java leaves only letters, digits and `*-._`; encodeURIComponent leaves a few more, and writes blanks as %20.
  return encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8')).replace(KEPT_BY_JAVA, (char) => {
    return char === '%20' ? '+' : `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  });
}
