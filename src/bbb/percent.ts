const NEEDS_DECODING = /[%+\x80-\uffff]/;
const BEYOND_ASCII = /[\x80-\uffff]/;
const PLUS = /\+/g;
const LEFT_BY_ENCODE = /[!'()*]/g;
// What Tomcat answers 400 to when it stands raw in a request target, and what HTTP cannot carry there.
// eslint-disable-next-line no-control-regex -- raw controls are among them
const REFUSED = /[\x00-\x20"#<>[\\\]^`{|}\x7f-\xff]/g;
// eslint-disable-next-line no-control-regex -- as above, without state
const HAS_REFUSED = /[\x00-\x20"#<>[\\\]^`{|}\x7f-\xff]/;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text for a query: UTF-8, percent-encoded, `!'()*` too, since some URL builders rewrite those after signing. */
export function percentEncode(text: string): string {
  // A lone surrogate has no UTF-8 form; the round trip through bytes makes it U+FFFD instead of throwing.
  const wellFormed = BEYOND_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('utf8') : text;
  return encodeURIComponent(wellFormed).replace(LEFT_BY_ENCODE, escapeByte);
}

/** Percent-encodes only the bytes (latin1 text) a BBB server refuses raw; all other bytes stay as they came. */
export function escapeRefusedBytes(raw: string): string {
  return HAS_REFUSED.test(raw) ? raw.replace(REFUSED, escapeByte) : raw;
}

/** Form-decodes raw latin1 text as UTF-8; broken percent-encoding stays as it stands, wrong UTF-8 becomes U+FFFD. */
export function formDecode(raw: string): string {
  if (!NEEDS_DECODING.test(raw)) return raw;
  if (!BEYOND_ASCII.test(raw)) {
    const spaced = raw.replace(PLUS, ' ');
    if (!spaced.includes('%')) return spaced;
    try {
      return decodeURIComponent(spaced);
    } catch {
      return decodeBytes(raw).bytes.toString('utf8');
    }
  }
  return decodeBytes(raw).bytes.toString('utf8');
}

/** Whether raw latin1 text has no broken percent-encoding and decodes to valid UTF-8. */
export function isWellEncodedText(raw: string): boolean {
  if (!NEEDS_DECODING.test(raw)) return true;
  const { bytes, isBroken } = decodeBytes(raw);
  if (isBroken) return false;
  try {
    utf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function escapeByte(char: string): string {
  const code = char.charCodeAt(0);
  return `%${code < 16 ? '0' : ''}${code.toString(16).toUpperCase()}`;
}

function decodeBytes(raw: string): { bytes: Buffer; isBroken: boolean } {
  const bytes = Buffer.allocUnsafe(raw.length);
  let length = 0;
  let isBroken = false;
  for (let at = 0; at < raw.length; at++) {
    const code = raw.charCodeAt(at);
    const value = code === 37 ? hexPair(raw, at + 1) : undefined;
    if (value !== undefined) at += 2;
    else if (code === 37) isBroken = true;
    bytes[length++] = value ?? (code === 43 ? 32 : code);
  }
  return { bytes: bytes.subarray(0, length), isBroken };
}

function hexPair(raw: string, at: number): number | undefined {
  const high = hexDigit(raw.charCodeAt(at));
  const low = hexDigit(raw.charCodeAt(at + 1));
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(code: number): number | undefined {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  if (code >= 97 && code <= 102) return code - 87;
  return undefined;
}
