import type { CallbackCounts } from './recorded-lessons.js';
import type { TrafficCounts } from './traffic.js';

/** What a run came to. */
export interface RunResult {
  readonly counts: TrafficCounts;
  readonly splitMeetings: readonly string[];
  /** Whether Ballast ever knew a server's CPU. */
  readonly hasSeenSamples: boolean;
  /** What arrived at the front end; `undefined` when the run was too short for any. */
  readonly callbacks: CallbackCounts | undefined;
}

/** What went wrong in a run, one phrase each: failed creates, split meetings, no samples, no callbacks, or nothing tried at all. */
export function judge({ counts, splitMeetings, hasSeenSamples, callbacks }: RunResult): readonly string[] {
  const { creates, failedCreates, joins } = counts;
  return [
    ...(hasSeenSamples ? [] : ['no sample ever reached Ballast']),
    ...(creates === 0 ? ['no meeting was created'] : []),
    ...(creates > 0 && joins === 0 ? ['nobody could join'] : []),
    ...(failedCreates > 0 ? [`${failedCreates} of ${creates} creates failed`] : []),
    ...(splitMeetings.length > 0 ? [`split meetings: ${splitMeetings.join(', ')}`] : []),
    ...(callbacks === undefined ? [] : judgeCallbacks(callbacks)),
  ];
}

function judgeCallbacks({ ends, recordings, unlisted, forged, lost }: CallbackCounts): readonly string[] {
  return [
    ...(ends === 0 ? ['the front end was told of no end'] : []),
    ...(recordings === 0 ? ['the front end was told of no recording'] : []),
    ...(unlisted.length > 0 ? [`recordings announced and not listed: ${unlisted.join(', ')}`] : []),
    ...(lost.length > 0 ? [`ends that the front end was never told: ${lost.join(', ')}`] : []),
    ...(forged > 0 ? [`${forged} callbacks were signed wrongly`] : []),
  ];
}
