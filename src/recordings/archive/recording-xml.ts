import { escapeXml } from '../../bbb/xml-text.js';
import { ELEMENT_NAME } from '../element-parts.js';
import type { ArchivedFormat, ArchivedRecording } from './archived-recording.js';

const MINUTE_MS = 60_000;

/**
 * The `<recording>` element of getRecordings, as BBB writes it, with `meetingId` as the front end knows it. Its
 * addresses are paths: `showArchived` puts the rest before them. A protected one shows no previews.
 */
export function writeRecording(recording: ArchivedRecording, meetingId: string): Buffer {
  const { recordId, isBreakout, breakout, breakoutRooms, metadata } = recording;
  const parts = [
    element('recordID', recordId),
    element('meetingID', meetingId),
    element('internalMeetingID', recordId),
    element('name', recording.name),
    element('isBreakout', String(isBreakout)),
    element('published', String(recording.isPublished)),
    element('protected', String(recording.isProtected)),
    element('state', stateOf(recording)),
    element('startTime', recording.startTime),
    element('endTime', recording.endTime),
    element('participants', recording.participants),
    element('rawSize', recording.rawSizeBytes),
    element('size', totalSize(recording.formats)),
    ...(isBreakout
      ? [
          group(
            'breakout',
            namable(breakout).map(([key, value]) => element(key, value)),
          ),
        ]
      : []),
    ...(breakoutRooms.length > 0
      ? [
          group(
            'breakoutRooms',
            breakoutRooms.map((id) => element('breakoutRoom', id)),
          ),
        ]
      : []),
    group(
      'metadata',
      namable(metadata).map(([key, value]) => metaElement(key, scoped(key, value, recording, meetingId))),
    ),
    group(
      'playback',
      recording.formats.map((format) => writeFormat(format, recording)),
    ),
  ];
  return Buffer.from(group('recording', parts), 'utf8');
}

/** published or unpublished: other states are passed before a recording comes here. */
export function stateOf({
  isPublished,
}: Pick<ArchivedRecording, 'isPublished'>): 'published' | 'unpublished' {
  return isPublished ? 'published' : 'unpublished';
}

function writeFormat(format: ArchivedFormat, { recordId, isProtected }: ArchivedRecording): string {
  const { durationMs, previews } = format;
  return group('format', [
    element('type', format.format),
    element('url', isProtected ? `/recording/${recordId}/${format.format}` : format.link),
    element('processingTime', format.processingTimeMs),
    element('length', durationMs === undefined ? undefined : Math.round(durationMs / MINUTE_MS)),
    element('size', format.sizeBytes),
    ...(isProtected || previews.length === 0 ? [] : [writePreviews(previews)]),
    format.extensionsXml,
  ]);
}

function writePreviews(previews: ArchivedFormat['previews']): string {
  const images = previews.map(({ alt, height, width, path }) => {
    const attributes = Object.entries({ alt, height, width }).map(
      ([name, value]) => ` ${name}="${escapeXml(value)}"`,
    );
    return `<image${attributes.join('')}>${escapeXml(path)}</image>`;
  });
  return group('preview', [group('images', images)]);
}

function scoped(key: string, value: string, recording: ArchivedRecording, meetingId: string): string {
  return key === 'meetingId' && value === recording.scopedMeetingId ? meetingId : value;
}

/** One name that is none of an element would spoil the whole list. */
function namable(values: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(values).filter(([key]) => ELEMENT_NAME.test(key));
}

function totalSize(formats: readonly ArchivedFormat[]): number | undefined {
  const sizes = formats.flatMap(({ sizeBytes }) => (sizeBytes === undefined ? [] : [sizeBytes]));
  return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0);
}

/** Empty metadata keep a node inside; some front ends break without it. */
function metaElement(key: string, value: string): string {
  return value === '' ? `<${key}><![CDATA[]]></${key}>` : (element(key, value) ?? '');
}

function element(name: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `<${name}>${escapeXml(String(value))}</${name}>`;
}

function group(name: string, parts: readonly (string | undefined)[]): string {
  return `<${name}>${parts.join('')}</${name}>`;
}

const ADDRESS = /(<url>|<image(?: [^<>]*)?>)(\/[^<]*)(?=<)/g;
const PROTECTED = /^\/recording\/([0-9a-f]+-\d+)\/([a-z0-9_-]+)$/;

/**
 * An element of `writeRecording` as it is answered: `origin` (no slash at its end) before each path, and a fresh token
 * at the links of a protected recording.
 */
export function showArchived(
  xml: Buffer,
  origin: string,
  sign: (recordId: string, format: string) => string,
): Buffer {
  const shown = xml.toString('utf8').replace(ADDRESS, (_whole, tag: string, path: string) => {
    const link = PROTECTED.exec(path);
    const token = link?.[1] !== undefined && link[2] !== undefined ? `?token=${sign(link[1], link[2])}` : '';
    return `${tag}${escapeXml(origin)}${path}${token}`;
  });
  return Buffer.from(shown, 'utf8');
}
