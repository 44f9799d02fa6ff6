import type { SimRecording } from '../state/recordings-state.js';
import { escapeXml, line } from '../xml.js';

/** Of the example in BigBlueButton's documentation. */
const RAW_SIZE = 951_067;

/** One `<recording>` as bbb-web writes it. */
export function recordingXml(recording: SimRecording, origin: string): string {
  return [
    '<recording>\n',
    line('recordID', recording.recordId),
    line('meetingID', recording.meetingId),
    line('internalMeetingID', recording.recordId),
    line('name', recording.name),
    line('isBreakout', recording.isBreakout),
    line('published', recording.state === 'published'),
    line('state', recording.state),
    line('startTime', recording.startTime),
    line('endTime', recording.endTime),
    line('participants', recording.participants),
    line('rawSize', recording.rawSize ?? RAW_SIZE),
    recording.newerElements ?? '',
    `<metadata>\n${[...recording.metadata].map(([name, value]) => line(name, value)).join('')}</metadata>\n`,
    relativesXml(recording),
    `<playback>\n${recording.formats.map((type) => formatXml(type, recording, origin)).join('')}</playback>\n`,
    '</recording>\n',
  ].join('');
}

function relativesXml({ breakout, breakoutIds = [] }: SimRecording): string {
  const own = breakout
    ? `<breakout>\n${line('parentMeetingID', breakout.parentMeetingId)}${line('sequence', breakout.sequence)}` +
      `${line('freeJoin', breakout.isFreeJoin)}</breakout>\n`
    : '';
  if (breakoutIds.length === 0) return own;
  return `${own}<breakoutRooms>\n${breakoutIds.map((id) => line('breakoutRoom', id)).join('')}</breakoutRooms>\n`;
}

function formatXml(type: string, recording: SimRecording, origin: string): string {
  const { recordId, startTime, endTime } = recording;
  const minutes = Math.max(0, Math.floor((endTime - startTime) / 60_000));
  const isPresentation = type === 'presentation';
  return [
    '<format>\n',
    line('type', type),
    line('url', `${origin}/playback/${type}/${isPresentation ? `2.3/${recordId}` : `${recordId}/`}`),
    line('processingTime', 7_177),
    line('length', minutes),
    line('size', isPresentation ? 168_019 : 4_212_668),
    isPresentation ? previewXml(`${origin}/presentation/${recordId}`) : '',
    '</format>\n',
  ].join('');
}

function previewXml(folder: string): string {
  const images = ['Welcome to BigBlueButton', 'Agenda & questions'].map((alt, index) => {
    const url = `${folder}/presentation/thumbnails/thumb-${index + 1}.png`;
    return `<image alt="${escapeXml(alt)}" height="136" width="176">${escapeXml(url)}</image>\n`;
  });
  return `<preview>\n<images>\n${images.join('')}</images>\n</preview>\n`;
}
