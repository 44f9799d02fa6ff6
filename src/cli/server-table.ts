import type { ServerView } from '../admin/views.js';
import { showAge, showBandwidth, showCount, showLoad, showRatio } from './show.js';
import { renderTable } from './table.js';
import type { Terminal, Tone } from './terminal.js';

/** BBB checks createTime and tokens by its clock; beyond this it is flagged. */
const CLOCK_SKEW_SECONDS = 60;

const HEALTH_TONES: Readonly<Record<ServerView['health'], Tone>> = {
  online: 'good',
  unknown: 'faint',
  unstable: 'warning',
  offline: 'bad',
  'wrong-secret': 'bad',
};

/** The servers as a table for a person. */
export function serverTable(terminal: Pick<Terminal, 'isColoured'>, servers: readonly ServerView[]): string {
  return renderTable<ServerView>(
    terminal,
    [
      { title: 'SERVER', value: ({ id }) => id },
      {
        title: 'STATE',
        value: showState,
        tone: ({ adminState }) => (adminState === 'enabled' ? undefined : 'warning'),
      },
      { title: 'HEALTH', value: ({ health }) => health, tone: ({ health }) => HEALTH_TONES[health] },
      {
        title: 'LOAD',
        align: 'right',
        value: ({ load }) => showLoad(load),
        tone: ({ load }) => loadTone(load),
      },
      { title: 'CPU', align: 'right', value: ({ cpu }) => showRatio(cpu) },
      { title: 'MEMORY', align: 'right', value: ({ memory }) => showRatio(memory) },
      {
        title: 'NETWORK',
        align: 'right',
        value: ({ networkBytesPerSecond }) => showBandwidth(networkBytesPerSecond),
      },
      { title: 'ATTENDEES', align: 'right', value: ({ attendees }) => showCount(attendees) },
      { title: 'RESERVED', align: 'right', value: ({ reservedAttendees }) => showCount(reservedAttendees) },
      { title: 'MEETINGS', align: 'right', value: ({ meetings }) => showCount(meetings) },
      { title: 'SAMPLE', align: 'right', value: ({ sampleAgeSeconds }) => showAge(sampleAgeSeconds) },
      { title: 'POLL', align: 'right', value: ({ pollAgeSeconds }) => showAge(pollAgeSeconds) },
      { title: 'TAGS', value: ({ tags }) => tags.join(',') },
      { title: 'NOTE', value: showNote, tone: () => 'warning' },
    ],
    servers,
  );
}

function showState({ adminState, isDraining }: ServerView): string {
  return isDraining && adminState === 'cordoned' ? 'draining' : adminState;
}

function loadTone(load: number | undefined): Tone | undefined {
  if (load === undefined) return 'faint';
  return load >= 1 ? 'bad' : load >= 0.8 ? 'warning' : undefined;
}

function showNote(server: ServerView): string {
  const { health, lastFailure, clockSkewSeconds, adminState, recordingsRead } = server;
  const skew = Math.round(clockSkewSeconds ?? 0);
  return [
    ...(health !== 'online' && lastFailure !== undefined ? [lastFailure] : []),
    ...(Math.abs(skew) > CLOCK_SKEW_SECONDS
      ? [`clock ${skew > 0 ? 'ahead' : 'behind'} by ${Math.abs(skew)} s`]
      : []),
    ...(recordingsRead === false
      ? [`recordings never read: ${adminState === 'disabled' ? 'lists lack them' : 'getRecordings fails'}`]
      : []),
  ].join('; ');
}
