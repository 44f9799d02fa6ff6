import { setImmediate } from 'node:timers/promises';
import { MalformedAnswer } from '../bbb/malformed-answer.js';
import { nextChild, responseStart, type ScannedElement } from '../bbb/xml-scan.js';
import { childAt, cutAt, fieldText } from './element-parts.js';
import { readElement, type RecordingElement } from './recording-element.js';

/** The recordings of one answer. */
export interface RecordingPage {
  readonly recordings: readonly RecordingElement[];
  /** How many there are in all, where the server says so. */
  readonly total: number | undefined;
}

/** Recordings read without a pause: a millisecond or two. */
const READ_AT_ONCE = 20;

const LIST = /\s*<recordings(?:\s[^<>]*)?(?<!\/)>/y;

/**
 * The recordings of one server's answer, and what it says of the pages. An answer may hold ten thousand: whoever waits for the
 * process has a turn in between. Throws MalformedAnswer for XML that is cut or broken.
 */
export async function readRecordingPage(body: Buffer): Promise<RecordingPage> {
  const xml = body.toString('latin1');
  const root = responseStart(xml);
  if (root === undefined) throw new MalformedAnswer('the answer has no root <response>');
  const recordings: RecordingElement[] = [];
  const fields: ScannedElement[] = [];
  let at = root;
  for (;;) {
    const list = listStart(xml, at);
    if (list !== undefined) at = await readList(body, { xml, from: list }, recordings);
    else {
      const field = childAt(xml, at);
      if (field === undefined) break;
      // Behind a comment, say.
      if (field.name === 'recordings' && field.contentStart < field.contentEnd)
        await readList(body, { xml, from: field.contentStart }, recordings);
      fields.push(field);
      at = field.end;
    }
  }
  const total = fieldText(xml, fields, 'totalElements');
  return { recordings, total: /^\d{1,9}$/.test(total) ? Number(total) : undefined };
}

/** Adds the recordings of a list to those read; gives where it goes on behind the list's end. */
async function readList(
  body: Buffer,
  { xml, from }: { readonly xml: string; readonly from: number },
  recordings: RecordingElement[],
): Promise<number> {
  let at = from;
  for (let count = 1; ; count += 1) {
    if (count % READ_AT_ONCE === 0) await setImmediate();
    const child = nextChild(xml, at);
    if (child === 'broken') throw cutAt(at);
    if (child === 'end') break;
    if (child.name === 'recording') recordings.push(readElement(body, xml, child));
    at = child.end;
  }
  const end = xml.indexOf('</recordings', at);
  const behind = end === -1 ? -1 : xml.indexOf('>', end);
  if (behind === -1) throw cutAt(at);
  return behind + 1;
}

/** Behind the start tag of a list that comes next: its end need not be looked for first, which takes long in a long list. */
function listStart(xml: string, at: number): number | undefined {
  LIST.lastIndex = at;
  return LIST.test(xml) ? LIST.lastIndex : undefined;
}
