// What XML 1.0 forbids: most controls, lone surrogates, and two non-characters. One of these makes PHP's parser refuse
// the whole answer.
const FORBIDDEN =
  // eslint-disable-next-line no-control-regex -- controls are what is removed
  /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const NEEDS_ESCAPE = /[^\x20-\x21\x23-\x25\x28-\x3b\x3d\x3f-\x7e]/;
const BEYOND_ASCII = /[\x80-\uffff]/;
const SPECIAL = /[&<>"']/g;
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));/g;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** A text for XML content or an attribute, as BBB's templates escape it; characters XML 1.0 forbids are dropped. */
export function escapeXml(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return text;
  return text.replace(FORBIDDEN, '').replace(SPECIAL, (char) => ESCAPES[char] ?? char);
}

/** Resolves the five named references and character references; anything else stays as it stands. */
export function unescapeXml(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? whole;
    const code = decimal === undefined ? parseInt(hex ?? '', 16) : parseInt(decimal, 10);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Character data held as latin1 text of its UTF-8 bytes: decoded, with its references resolved. */
export function decodeLatin1Xml(latin1: string): string {
  // From 13 characters on V8 would keep the whole document alive behind a cut-out string; the bytes make a copy.
  const isCopied = latin1.length < 13 && !BEYOND_ASCII.test(latin1);
  return unescapeXml(isCopied ? latin1 : Buffer.from(latin1, 'latin1').toString('utf8'));
}
