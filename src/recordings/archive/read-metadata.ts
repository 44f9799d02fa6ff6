import { MalformedAnswer } from '../../bbb/malformed-answer.js';
import { parseXml, type XmlElement } from '../../bbb/xml.js';
import { escapeXml } from '../../bbb/xml-text.js';
import { ArchiveFault } from './archive-fault.js';
import {
  FORMAT_NAME,
  RECORD_ID,
  type ArchivedFormat,
  type ImportedRecording,
  type PreviewImage,
} from './archived-recording.js';

/** BBB's are a few KiB; previews and breakout rooms make them longer. */
export const MAX_METADATA_BYTES = 1024 * 1024;

/** Reads the metadata.xml of a published format. Throws ArchiveFault for one that is none. */
export function readMetadata(bytes: Buffer): ImportedRecording {
  const root = parse(bytes);
  if (root.name !== 'recording') throw bad(`its root is <${root.name}> and not <recording>`);
  const recordId = text(root, 'id');
  if (!RECORD_ID.test(recordId)) throw bad('its <id> is no internal meeting ID of BigBlueButton');
  const meta = root.child('meta');
  const meeting = root.child('meeting');
  const metadata = Object.fromEntries((meta?.children ?? []).map(({ name, value }) => [name, value.trim()]));
  const scopedMeetingId = metadata.meetingId ?? meeting?.attributes.externalId ?? '';
  if (scopedMeetingId === '') throw bad('it names no meeting (<meta><meetingId>)');
  const playback = root.child('playback');
  if (playback === undefined) throw bad('it has no <playback>: the recording has not been published');
  const breakout = breakoutOf(root.child('breakout'));
  const isBreakout =
    (metadata.isBreakout ?? meeting?.attributes.breakout) === 'true' || Object.keys(breakout).length > 0;
  const startTime = time(text(root, 'start_time')) ?? startIn(recordId);
  return {
    recordId,
    scopedMeetingId,
    name: metadata.meetingName ?? meeting?.attributes.name ?? '',
    isBreakout,
    parentId: isBreakout ? (breakout.parentMeetingID ?? breakout.parentId ?? '') : undefined,
    breakout,
    breakoutRooms: (root.child('breakoutRooms')?.all('breakoutRoom') ?? []).map(({ value }) => value.trim()),
    startTime,
    endTime: time(text(root, 'end_time')) ?? startTime,
    participants: count(text(root, 'participants')),
    rawSizeBytes: count(text(root, 'raw_size')),
    isPublished: text(root, 'published') === 'true',
    metadata,
    playback: readPlayback(playback, recordId),
  };
}

function parse(bytes: Buffer): XmlElement {
  try {
    return parseXml(bytes, MAX_METADATA_BYTES);
  } catch (error) {
    if (error instanceof MalformedAnswer) throw bad(error.message, { cause: error });
    throw error;
  }
}

function readPlayback(playback: XmlElement, recordId: string): ArchivedFormat {
  const format = text(playback, 'format');
  if (!FORMAT_NAME.test(format)) throw bad('its playback has no usable <format>');
  const extensions = playback.child('extensions');
  const images = extensions?.child('preview')?.child('images')?.all('image') ?? [];
  return {
    format,
    link: pathOf(text(playback, 'link')) ?? `/${format}/${recordId}/`,
    durationMs: count(text(playback, 'duration')),
    processingTimeMs: count(text(playback, 'processing_time')),
    sizeBytes: count(text(playback, 'size')),
    previews: images.flatMap((image) => previewOf(image)),
    extensionsXml: (extensions?.children ?? [])
      .filter(({ name }) => name !== 'preview')
      .map((child) => writeElement(child))
      .join(''),
  };
}

function previewOf({ attributes, value }: XmlElement): readonly PreviewImage[] {
  const path = pathOf(value.trim());
  if (path === undefined) return [];
  const { width = '', height = '', alt = '' } = attributes;
  return [{ width, height, alt, path }];
}

/** BBB writes parts of `<breakout>` as attributes or as elements, by version; answers spell `parentMeetingID`. */
function breakoutOf(breakout: XmlElement | undefined): Readonly<Record<string, string>> {
  if (breakout === undefined) return {};
  const parts = [
    ...Object.entries(breakout.attributes),
    ...breakout.children.map(({ name, value }) => [name, value.trim()] as const),
  ];
  return Object.fromEntries(
    parts.map(([name, value]) => [/^parent(MeetingI[dD]|Id)$/.test(name) ? 'parentMeetingID' : name, value]),
  );
}

/** Path and query of an address: its host is that of a server that may be gone. */
function pathOf(link: string): string | undefined {
  if (link === '') return undefined;
  try {
    const { pathname, search } = new URL(link, 'http://archive.invalid/');
    // Two slashes in front would make a host of what follows.
    return pathname.replace(/^\/+/, '/') + search;
  } catch {
    return undefined;
  }
}

function writeElement({ name, attributes, children, value }: XmlElement): string {
  const written = Object.entries(attributes).map(([key, given]) => ` ${key}="${escapeXml(given)}"`);
  const content = children.length === 0 ? escapeXml(value) : children.map(writeElement).join('');
  return `<${name}${written.join('')}>${content}</${name}>`;
}

function text(parent: XmlElement, name: string): string {
  return (parent.text(name) ?? '').trim();
}

/** A whole number that is not negative; anything else is unknown. */
function count(given: string): number | undefined {
  if (!/^\d{1,15}(\.\d+)?$/.test(given)) return undefined;
  return Math.round(Number(given));
}

/** ms since 1970; 0 stands for unknown, as for a meeting whose end BBB did not see. */
function time(given: string): number | undefined {
  const at = count(given);
  return at === 0 ? undefined : at;
}

function startIn(recordId: string): number {
  return Number(recordId.split('-')[1]);
}

function bad(why: string, options?: ErrorOptions): ArchiveFault {
  return new ArchiveFault('bad-archive', `metadata.xml cannot be used: ${why}`, options);
}
