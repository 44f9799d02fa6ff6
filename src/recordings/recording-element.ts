import { MalformedAnswer } from '../bbb/malformed-answer.js';
import { nextChild, responseStart, textOf, type ScannedElement } from '../bbb/xml-scan.js';

/** One `<recording>` of a getRecordings answer: what the union needs to know, and the server's own bytes. */
export interface RecordingElement {
  readonly recordId: string;
  /** External meeting ID as BBB knows it, with the tenant's scope; empty when the server does not say. */
  readonly meetingId: string;
  /** Only of a breakout room: the record ID of its parent's recording; empty when the server does not say. */
  readonly parentId: string | undefined;
  /** ms since 1970; 0 when the server does not say. */
  readonly startTime: number;
  readonly xml: Buffer;
}

/** The recordings of one server's answer. Throws MalformedAnswer for XML that is cut or broken. */
export function readRecordings(body: Buffer): readonly RecordingElement[] {
  const xml = body.toString('latin1');
  const root = responseStart(xml);
  if (root === undefined) throw new MalformedAnswer('the answer has no root <response>');
  const list = children(xml, root, xml.length).find((child) => child.name === 'recordings');
  if (list === undefined) return [];
  return children(xml, list.contentStart, list.contentEnd)
    .filter((child) => child.name === 'recording')
    .map((element) => {
      const fields = children(xml, element.contentStart, element.contentEnd);
      const text = (name: string): string => textIn(xml, fields, name);
      return {
        recordId: text('recordID'),
        meetingId: text('meetingID') || textWithin(xml, fields, 'metadata', 'meetingId'),
        parentId: parentOf(xml, fields),
        startTime: Number(text('startTime')) || 0,
        xml: body.subarray(element.start, element.end),
      };
    });
}

function parentOf(xml: string, fields: readonly ScannedElement[]): string | undefined {
  const parent = textWithin(xml, fields, 'breakout', 'parentMeetingID');
  return parent === '' && textIn(xml, fields, 'isBreakout') !== 'true' ? undefined : parent;
}

/** Text of an element one level further in; newer servers write some IDs only into the metadata. */
function textWithin(xml: string, fields: readonly ScannedElement[], outer: string, name: string): string {
  const field = fields.find((candidate) => candidate.name === outer);
  return field === undefined ? '' : textIn(xml, children(xml, field.contentStart, field.contentEnd), name);
}

function textIn(xml: string, fields: readonly ScannedElement[], name: string): string {
  const field = fields.find((candidate) => candidate.name === name);
  return field === undefined ? '' : (textOf(xml, field) ?? '').trim();
}

function children(xml: string, from: number, to: number): readonly ScannedElement[] {
  const found: ScannedElement[] = [];
  let at = from;
  while (at < to) {
    const child = nextChild(xml, at);
    if (child === 'end') break;
    if (child === 'broken') {
      // Blanks behind the last child of a list that ends here are no cut.
      if (xml.slice(at, to).trim() === '') break;
      throw new MalformedAnswer(`the answer is cut or broken near byte ${at}`);
    }
    found.push(child);
    at = child.end;
  }
  return found;
}
