import { decodeLatin1Xml } from './xml-text.js';

/** A child element found by `nextChild`; positions are indices into the scanned text, and bytes when it is latin1. */
export interface ScannedElement {
  readonly name: string;
  /** Of the `<` of the start tag. */
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  /** Behind the end tag. */
  readonly end: number;
}

/*
 * Scans BBB answers without parsing what is not asked for. A strict parser would let one person take a server out of
 * the pool: keys of customdata and metadata become element names, and BBB does not check that they are XML names.
 * An element is skipped by looking for its end tag, so whatever stands in it cannot break its neighbours.
 */

/** Index behind the start tag of the root `<response>`; `undefined` for any other root, a DTD or noise. */
export function responseStart(xml: string): number | undefined {
  let at = xml.startsWith('\xef\xbb\xbf') ? 3 : 0;
  for (;;) {
    at = skipBlanks(xml, at);
    if (!xml.startsWith('<?', at) && !xml.startsWith('<!--', at)) break;
    const end = behindSpecial(xml, at);
    if (end === undefined) return undefined;
    at = end;
  }
  if (!xml.startsWith('<response', at)) return undefined;
  const end = xml.indexOf('>', at);
  if (end === -1 || xml[end - 1] === '/') return undefined;
  return nameAt(xml, at + 1, end) === 'response' ? end + 1 : undefined;
}

/**
 * The next child element at or behind `from`; `end` at the parent's end tag, `broken` where the text is cut or has a
 * declaration. Text between children is passed over.
 */
export function nextChild(xml: string, from: number): ScannedElement | 'end' | 'broken' {
  let at = xml.indexOf('<', from);
  while (at !== -1 && isSpecial(xml.charCodeAt(at + 1))) {
    const behind = behindSpecial(xml, at);
    if (behind === undefined) return 'broken';
    at = xml.indexOf('<', behind);
  }
  if (at === -1) return 'broken';
  if (xml.charCodeAt(at + 1) === 47) return 'end';
  const tagEnd = xml.indexOf('>', at);
  if (tagEnd === -1) return 'broken';
  const name = nameAt(xml, at + 1, tagEnd);
  const contentStart = tagEnd + 1;
  if (xml.charCodeAt(tagEnd - 1) === 47) {
    return { name, start: at, contentStart, contentEnd: contentStart, end: contentStart };
  }
  // Most elements hold only text: the next tag is their end.
  const next = xml.indexOf('<', contentStart);
  if (next !== -1 && xml.charCodeAt(next + 1) === 47 && xml.charCodeAt(next + 2 + name.length) === 62) {
    if (xml.startsWith(name, next + 2)) {
      return { name, start: at, contentStart, contentEnd: next, end: next + name.length + 3 };
    }
  }
  const contentEnd = endTagOf(xml, name, contentStart);
  const end = contentEnd === undefined ? -1 : xml.indexOf('>', contentEnd);
  if (contentEnd === undefined || end === -1) return 'broken';
  return { name, start: at, contentStart, contentEnd, end: end + 1 };
}

/** Decoded text of an element without children, latin1 text in; `undefined` when it has children. */
export function textOf(
  xml: string,
  element: Pick<ScannedElement, 'contentStart' | 'contentEnd'>,
): string | undefined {
  const content = xml.slice(element.contentStart, element.contentEnd);
  if (!content.includes('<')) return decodeLatin1Xml(content);
  const trimmed = content.trim();
  if (!trimmed.startsWith('<![CDATA[') || !trimmed.endsWith(']]>')) return undefined;
  return Buffer.from(trimmed.slice(9, -3), 'latin1').toString('utf8');
}

/** Index of the first character that is no XML blank. */
export function skipBlanks(xml: string, from: number): number {
  let at = from;
  while (isBlank(xml.charCodeAt(at))) at++;
  return at;
}

/** Whether a character code is one of XML's four blanks. */
export function isBlank(code: number | undefined): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

/** Index of the end tag that belongs to a start tag before `from`; elements of the same name inside are counted. */
function endTagOf(xml: string, name: string, from: number): number | undefined {
  const endTag = `</${name}`;
  let open = 1;
  let at = from;
  while (open > 0) {
    const close = indexOfTag(xml, endTag, at);
    if (close === -1) return undefined;
    const section = withoutCdata(xml, at, close);
    if (section === undefined) return undefined;
    open += countStartTags(section.text, name);
    if (section.end > close) {
      // The end tag stood inside CDATA and is text.
      at = section.end;
      continue;
    }
    open--;
    if (open === 0) return close;
    at = close + endTag.length;
  }
  return undefined;
}

/** What stands in a range outside CDATA, and where its last section ends; `undefined` when that has no end. */
function withoutCdata(xml: string, from: number, to: number): { text: string; end: number } | undefined {
  const range = xml.slice(from, to);
  let cdata = range.indexOf('<![CDATA[');
  if (cdata === -1) return { text: range, end: to };
  let text = '';
  let at = 0;
  while (cdata !== -1) {
    text += range.slice(at, cdata);
    const end = xml.indexOf(']]>', from + cdata);
    if (end === -1) return undefined;
    at = end + 3 - from;
    if (from + at > to) return { text, end: from + at };
    cdata = range.indexOf('<![CDATA[', at);
  }
  return { text: text + range.slice(at), end: to };
}

function countStartTags(section: string, name: string): number {
  if (!section.includes('<')) return 0;
  const startTag = `<${name}`;
  let count = 0;
  for (let at = indexOfTag(section, startTag, 0); at !== -1;) {
    const end = section.indexOf('>', at);
    if (end === -1) return count;
    if (section.charCodeAt(end - 1) !== 47) count++;
    at = indexOfTag(section, startTag, end);
  }
  return count;
}

/** `tag` as a whole word: `<meeting` is not found in `<meetings>`. */
function indexOfTag(xml: string, tag: string, from: number): number {
  for (let at = xml.indexOf(tag, from); at !== -1; at = xml.indexOf(tag, at + tag.length)) {
    const after = xml.charCodeAt(at + tag.length);
    if (after === 62 || after === 47 || isBlank(after)) return at;
  }
  return -1;
}

function isSpecial(code: number): boolean {
  return code === 33 || code === 63;
}

/** Behind a comment, CDATA section or processing instruction; `undefined` when it has no end or is a declaration. */
function behindSpecial(xml: string, at: number): number | undefined {
  const closing = xml.startsWith('<?', at)
    ? '?>'
    : xml.startsWith('<!--', at)
      ? '-->'
      : xml.startsWith('<![CDATA[', at)
        ? ']]>'
        : undefined;
  if (closing === undefined) return undefined;
  const end = xml.indexOf(closing, at + 2);
  return end === -1 ? undefined : end + closing.length;
}

function nameAt(xml: string, from: number, tagEnd: number): string {
  let at = from;
  while (at < tagEnd && xml.charCodeAt(at) !== 47 && !isBlank(xml.charCodeAt(at))) at++;
  return xml.slice(from, at);
}
