import { xmlElement } from '../bbb/answer.js';
import type { ScannedElement } from '../bbb/xml-scan.js';
import { childrenOf, ELEMENT_NAME, fieldChildren, fieldText } from './element-parts.js';
import { readMetadata } from './recording-element.js';
import type { IndexedRecording } from './recording-index.js';
import type { RecordingChange } from './recording-change.js';

/** A replacement of a part of the element. */
interface Edit {
  readonly start: number;
  readonly end: number;
  /** latin1 text of its bytes. */
  readonly text: string;
}

/**
 * The entry as it is once a change was made: the element is edited in place, so that whatever else it says stays. `at`
 * (ms since 1970) says when. The digest no longer fits, so that what the holder then shows replaces it.
 */
export function editRecording(
  recording: IndexedRecording,
  change: RecordingChange,
  at: number,
): IndexedRecording {
  const xml = recording.xml.toString('latin1');
  const [root] = childrenOf(xml, 0, xml.length);
  if (root === undefined) return recording;
  const fields = childrenOf(xml, root.contentStart, root.contentEnd);
  const target = { xml, root, fields };
  const { state, edits } = editsOf(target, recording, change);
  const edited = edits.length === 0 ? recording.xml : applyEdits(xml, edits);
  return {
    ...recording,
    state,
    xml: edited,
    metadata: edits.length === 0 ? recording.metadata : readMetadata(edited),
    digest: '',
    readAt: at,
  };
}

interface Target {
  readonly xml: string;
  readonly root: ScannedElement;
  readonly fields: readonly ScannedElement[];
}

function editsOf(
  target: Target,
  { state }: IndexedRecording,
  change: RecordingChange,
): { readonly state: string; readonly edits: readonly Edit[] } {
  if (change.call === 'publishRecordings') {
    const next = change.isPublished ? 'published' : 'unpublished';
    return { state: next, edits: stateEdits(target, next) };
  }
  if (change.call === 'updateRecordings') {
    const protection =
      change.isProtected === undefined ? [] : [setField(target, 'protected', String(change.isProtected))];
    return { state, edits: [...metadataEdits(target, change.metadata), ...protection] };
  }
  const { format } = change;
  const formats = fieldChildren(target.xml, target.fields, 'playback');
  const gone = formats.filter((it) => format === undefined || typeOf(target.xml, it) === format);
  if (format === undefined || (formats.length > 0 && gone.length === formats.length)) {
    return { state: 'deleted', edits: stateEdits(target, 'deleted') };
  }
  return { state, edits: gone.map(({ start, end }) => ({ start, end, text: '' })) };
}

function stateEdits(target: Target, state: string): readonly Edit[] {
  return [setField(target, 'published', String(state === 'published')), setField(target, 'state', state)];
}

function metadataEdits(target: Target, changes: ReadonlyMap<string, string>): readonly Edit[] {
  if (changes.size === 0) return [];
  const added = [...changes]
    // A key that is no name of an element shows once the server has made something of it.
    .filter(([key, value]) => value !== '' && ELEMENT_NAME.test(key))
    .map(([key, value]) => `${asBytes(xmlElement(key, value))}\n`)
    .join('');
  const { xml, root, fields } = target;
  const holder = fields.find(({ name }) => name === 'metadata');
  if (holder === undefined) {
    return [{ start: root.contentEnd, end: root.contentEnd, text: `<metadata>\n${added}</metadata>\n` }];
  }
  const kept = childrenOf(xml, holder.contentStart, holder.contentEnd)
    .filter(({ name }) => !changes.has(name.toLowerCase()))
    .map(({ start, end }) => `${xml.slice(start, end)}\n`)
    .join('');
  // Some front ends need something inside, also when there is nothing.
  const inside = kept + added === '' ? '<![CDATA[]]>' : `\n${kept}${added}`;
  return [{ start: holder.start, end: holder.end, text: `<metadata>${inside}</metadata>` }];
}

function setField({ root, fields }: Target, name: string, value: string): Edit {
  const field = fields.find((candidate) => candidate.name === name);
  const text = `<${name}>${value}</${name}>`;
  if (field !== undefined) return { start: field.start, end: field.end, text };
  return { start: root.contentEnd, end: root.contentEnd, text: `${text}\n` };
}

function typeOf(xml: string, format: ScannedElement): string {
  return fieldText(xml, childrenOf(xml, format.contentStart, format.contentEnd), 'type');
}

function applyEdits(xml: string, edits: readonly Edit[]): Buffer {
  let result = '';
  let at = 0;
  for (const { start, end, text } of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    result += xml.slice(at, start) + text;
    at = end;
  }
  return Buffer.from(result + xml.slice(at), 'latin1');
}

function asBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
