import type { SimRecording } from '../state/recordings-state.js';
import { line } from '../xml.js';

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
    line('rawSize', 951_067),
    `<metadata>\n${[...recording.metadata].map(([name, value]) => line(name, value)).join('')}</metadata>\n`,
    `<playback>\n${recording.formats.map((type) => formatXml(type, recording, origin)).join('')}</playback>\n`,
    '</recording>\n',
  ].join('');
}

function formatXml(type: string, recording: SimRecording, origin: string): string {
  const minutes = Math.max(0, Math.floor((recording.endTime - recording.startTime) / 60_000));
  return [
    '<format>\n',
    line('type', type),
    line('url', `${origin}/playback/${type}/2.3/${recording.recordId}`),
    line('processingTime', 7_177),
    line('length', minutes),
    line('size', 168_019),
    '</format>\n',
  ].join('');
}
