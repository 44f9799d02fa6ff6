import { textOf, type ScannedElement } from '../bbb/xml-scan.js';
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

/** What metadata a `<recording>` element has, by lower-case key. */
export function readMetadata(recording: Buffer): ReadonlyMap<string, string> {
  const xml = recording.toString('latin1');
  const [root] = childrenOf(xml, 0, xml.length);
  if (root === undefined) return new Map();
  const fields = childrenOf(xml, root.contentStart, root.contentEnd);
  const items = fieldChildren(xml, fields, 'metadata');
  return new Map(items.map((item) => [item.name.toLowerCase(), (textOf(xml, item) ?? '').trim()]));
}

/** Reads one; `xml` is the latin1 text of `body`. Throws MalformedAnswer where it is broken. */
export function readElement(body: Buffer, xml: string, element: ScannedElement): RecordingElement {
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
