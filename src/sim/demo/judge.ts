import type { TrafficCounts } from './traffic.js';

/** What went wrong in a run, one phrase each: failed creates, split meetings, or that nothing was tried at all. */
export function judge(
  { creates, failedCreates, joins }: TrafficCounts,
  splitMeetings: readonly string[],
): readonly string[] {
  return [
    ...(creates === 0 ? ['no meeting was created'] : []),
    ...(creates > 0 && joins === 0 ? ['nobody could join'] : []),
    ...(failedCreates > 0 ? [`${failedCreates} of ${creates} creates failed`] : []),
    ...(splitMeetings.length > 0 ? [`split meetings: ${splitMeetings.join(', ')}`] : []),
  ];
}
