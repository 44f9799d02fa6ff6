import type { TrafficCounts } from './traffic.js';

/** What a run came to. */
export interface RunResult {
  readonly counts: TrafficCounts;
  readonly splitMeetings: readonly string[];
  /** Whether Ballast ever knew a server's CPU. */
  readonly hasSeenSamples: boolean;
}

/** What went wrong in a run, one phrase each: failed creates, split meetings, no samples, or that nothing was tried at all. */
export function judge({ counts, splitMeetings, hasSeenSamples }: RunResult): readonly string[] {
  const { creates, failedCreates, joins } = counts;
  return [
    ...(hasSeenSamples ? [] : ['no sample ever reached Ballast']),
    ...(creates === 0 ? ['no meeting was created'] : []),
    ...(creates > 0 && joins === 0 ? ['nobody could join'] : []),
    ...(failedCreates > 0 ? [`${failedCreates} of ${creates} creates failed`] : []),
    ...(splitMeetings.length > 0 ? [`split meetings: ${splitMeetings.join(', ')}`] : []),
  ];
}
