import { MalformedAnswer } from '../bbb/malformed-answer.js';
import { responseStart, textOf, type ScannedElement } from '../bbb/xml-scan.js';
import { childrenOf, fieldChildren, fieldText } from './element-parts.js';

/** One `<recording>` of a getRecordings answer: what the index needs to know, and the server's own bytes. */
export interface RecordingElement {
  readonly recordId: string;
  /** External meeting ID as BBB knows it, with the tenant's scope; empty when the server does not say. */
  readonly meetingId: string;
  /** Only of a breakout room: the record ID of its parent's recording; empty when the server does not say. */
  readonly parentId: string | undefined;
  /** As the server says, else by `published`. */
  readonly state: string;
  /** ms since 1970; 0 when the server does not say. */
  readonly startTime: number;
  readonly endTime: number;
  readonly xml: Buffer;
}

/** The recordings of one answer. */
export interface RecordingPage {
  readonly recordings: readonly RecordingElement[];
  /** How many there are in all, where the server says so. */
  readonly total: number | undefined;
}

/** The recordings of one server's answer. Throws MalformedAnswer for XML that is cut or broken. */
export function readRecordings(body: Buffer): readonly RecordingElement[] {
  return readRecordingPage(body).recordings;
}

/** The same, with what the answer says of the pages. */
export function readRecordingPage(body: Buffer): RecordingPage {
  const xml = body.toString('latin1');
  const root = responseStart(xml);
  if (root === undefined) throw new MalformedAnswer('the answer has no root <response>');
  const fields = childrenOf(xml, root, xml.length);
  const recordings = fieldChildren(xml, fields, 'recordings')
    .filter((child) => child.name === 'recording')
    .map((element) => readElement(body, xml, element));
  const total = fieldText(xml, fields, 'totalElements');
  return { recordings, total: /^\d{1,9}$/.test(total) ? Number(total) : undefined };
}

/** What metadata a `<recording>` element has, by lower-case key. */
export function readMetadata(recording: Buffer): ReadonlyMap<string, string> {
  const xml = recording.toString('latin1');
  const [root] = childrenOf(xml, 0, xml.length);
  if (root === undefined) return new Map();
  const fields = childrenOf(xml, root.contentStart, root.contentEnd);
  const items = fieldChildren(xml, fields, 'metadata');
  return new Map(items.map((item) => [item.name.toLowerCase(), (textOf(xml, item) ?? '').trim()]));
}

function readElement(body: Buffer, xml: string, element: ScannedElement): RecordingElement {
  const fields = childrenOf(xml, element.contentStart, element.contentEnd);
  const text = (name: string): string => fieldText(xml, fields, name);
  return {
    recordId: text('recordID'),
    // Newer servers write some IDs only into the metadata.
    meetingId: text('meetingID') || fieldText(xml, fieldChildren(xml, fields, 'metadata'), 'meetingId'),
    parentId: parentOf(xml, fields),
    state: text('state') || (text('published') === 'false' ? 'unpublished' : 'published'),
    startTime: timeOf(text('startTime')),
    endTime: timeOf(text('endTime')),
    xml: body.subarray(element.start, element.end),
  };
}

function parentOf(xml: string, fields: readonly ScannedElement[]): string | undefined {
  const parent = fieldText(xml, fieldChildren(xml, fields, 'breakout'), 'parentMeetingID');
  return parent === '' && fieldText(xml, fields, 'isBreakout') !== 'true' ? undefined : parent;
}

/** Front ends and the store know times as whole numbers only. */
function timeOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : 0;
}
