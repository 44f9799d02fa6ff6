import { unescapeXml } from './xml-text.js';

/** What a BBB answer says of itself. */
export interface ReturnCode {
  readonly returnCode: 'SUCCESS' | 'FAILED';
  /** As the server wrote it; may be a key Ballast does not know. */
  readonly messageKey: string | undefined;
}

/** Which form of answer a call may have; `json` takes both, since servers answer some errors of JSON calls in XML. */
export type AnswerForm = 'xml' | 'json';

// BBB writes returncode first; messageKey ends a short answer. Longer ones (lists) are not searched for it.
const HEAD_BYTES = 16_384;
const MAX_JSON_BYTES = 8 * 1024 * 1024;
const END_TAG = Buffer.from('</response>', 'latin1');

/**
 * Checks cheaply that bytes are a whole BBB answer (root `response`, its end, a returncode) and reads its code.
 * `undefined` for anything else: HTML, cut XML, a DTD, noise. Never throws; looks at both ends of the bytes only.
 */
export function readReturnCode(body: Buffer, form: AnswerForm = 'xml'): ReturnCode | undefined {
  const head = body.toString('latin1', 0, HEAD_BYTES);
  const root = rootStart(head);
  if (root === undefined) return form === 'json' ? readJson(body, head) : undefined;
  if (!endsWithResponse(body)) return undefined;
  const code = between(head, '<returncode>', '</returncode>', root)?.trim();
  if (code !== 'SUCCESS' && code !== 'FAILED') return undefined;
  return { returnCode: code, messageKey: readMessageKey(body, head, code, root) };
}

/**
 * Text of the first element of this name directly under the root (createTime, internalMeetingID, running …), decoded;
 * `undefined` when there is none. Elements of the same name further in (metadata!) are not taken for it.
 */
export function readElement(body: Buffer, name: string): string | undefined {
  const xml = body.toString('latin1');
  const root = rootStart(xml);
  if (root === undefined) return undefined;
  let depth = 1;
  for (let at = xml.indexOf('<', root); at !== -1 && depth > 0; at = xml.indexOf('<', at)) {
    const second = xml[at + 1];
    if (second === '!' || second === '?') {
      at = afterSpecial(xml, at);
      if (at === -1) return undefined;
      continue;
    }
    const end = xml.indexOf('>', at);
    if (end === -1) return undefined;
    if (second === '/') depth--;
    else if (depth === 1 && nameOf(xml, at + 1, end) === name) return textFrom(xml, end);
    else if (xml[end - 1] !== '/') depth++;
    at = end + 1;
  }
  return undefined;
}

/** Position after the root's start tag, or `undefined` when the first element is not `<response>`. */
function rootStart(xml: string): number | undefined {
  let at = xml.startsWith('\xef\xbb\xbf') ? 3 : 0;
  for (;;) {
    while (isBlank(xml.charCodeAt(at))) at++;
    if (xml.startsWith('<?', at) || xml.startsWith('<!--', at)) {
      at = afterSpecial(xml, at);
      if (at === -1) return undefined;
      continue;
    }
    if (!xml.startsWith('<response', at)) return undefined;
    const end = xml.indexOf('>', at);
    if (end === -1 || xml[end - 1] === '/') return undefined;
    return nameOf(xml, at + 1, end) === 'response' ? end + 1 : undefined;
  }
}

/** Position after a comment, CDATA section or processing instruction; -1 when it has no end or is a DTD. */
function afterSpecial(xml: string, at: number): number {
  const end = xml.startsWith('<?', at)
    ? '?>'
    : xml.startsWith('<!--', at)
      ? '-->'
      : xml.startsWith('<![CDATA[', at)
        ? ']]>'
        : undefined;
  if (end === undefined) return -1;
  const found = xml.indexOf(end, at + 2);
  return found === -1 ? -1 : found + end.length;
}

function nameOf(xml: string, from: number, tagEnd: number): string {
  let at = from;
  while (at < tagEnd && !isBlank(xml.charCodeAt(at)) && xml[at] !== '/') at++;
  return xml.slice(from, at);
}

function textFrom(xml: string, tagEnd: number): string | undefined {
  if (xml[tagEnd - 1] === '/') return '';
  const end = xml.indexOf('<', tagEnd);
  if (end === -1) return undefined;
  const start = tagEnd + 1;
  if (!xml.startsWith('<![CDATA[', end)) return decode(unescapeXml(xml.slice(start, end)));
  const close = xml.indexOf(']]>', end);
  return close === -1 ? undefined : decode(xml.slice(end + 9, close));
}

function decode(latin1: string): string {
  // Character references may have brought in what is beyond latin1; such a text was ASCII before.
  for (let at = 0; at < latin1.length; at++) {
    if (latin1.charCodeAt(at) > 0xff) return latin1;
  }
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

function endsWithResponse(body: Buffer): boolean {
  let end = body.length;
  while (end > 0 && isBlank(body[end - 1])) end--;
  return end >= END_TAG.length && body.subarray(end - END_TAG.length, end).equals(END_TAG);
}

function readMessageKey(
  body: Buffer,
  head: string,
  code: 'SUCCESS' | 'FAILED',
  root: number,
): string | undefined {
  if (body.length > HEAD_BYTES) return undefined;
  const key = between(head, '<messageKey>', '</messageKey>', root)?.trim();
  if (key !== undefined && key !== '') return key;
  // BBB's older form of errors, still used for nonUniqueVoiceBridge: <errors><error key="…" message="…"/></errors>.
  return code === 'FAILED' ? between(head, '<error key="', '"', root) : undefined;
}

function between(text: string, open: string, close: string, from: number): string | undefined {
  const start = text.indexOf(open, from);
  if (start === -1) return undefined;
  const end = text.indexOf(close, start + open.length);
  return end === -1 ? undefined : text.slice(start + open.length, end);
}

function readJson(body: Buffer, head: string): ReturnCode | undefined {
  if (!head.trimStart().startsWith('{') || body.length > MAX_JSON_BYTES) return undefined;
  try {
    const document: unknown = JSON.parse(body.toString('utf8'));
    const response = isRecord(document) ? document.response : undefined;
    if (!isRecord(response)) return undefined;
    const { returncode, messageKey } = response;
    if (returncode !== 'SUCCESS' && returncode !== 'FAILED') return undefined;
    return { returnCode: returncode, messageKey: typeof messageKey === 'string' ? messageKey : undefined };
  } catch {
    // Broken JSON is no BBB answer, which is what `undefined` says.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isBlank(code: number | undefined): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
