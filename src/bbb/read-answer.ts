import { isBlank, nextChild, responseStart, textOf } from './xml-scan.js';

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
  const root = responseStart(head);
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
  let at = responseStart(xml);
  while (at !== undefined) {
    const child = nextChild(xml, at);
    if (child === 'end' || child === 'broken') return undefined;
    if (child.name === name) return textOf(xml, child);
    at = child.end;
  }
  return undefined;
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
