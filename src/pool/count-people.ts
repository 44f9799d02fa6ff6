import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { ServerCounts } from './server.js';

/**
 * The sums of one poll. BBB counts someone in a breakout room there and, while they stay in the main room as well,
 * in its parent: a parent's people are taken less those of its breakouts, so that each is counted once, in the
 * breakout. Listeners, voice and video are real streams and are summed as they are. `meetings` leaves breakouts out.
 */
export function countPeople(meetings: Iterable<PolledMeeting>): ServerCounts {
  const list = [...meetings];
  const inBreakouts = new Map<string, number>();
  for (const meeting of list) {
    if (!meeting.isBreakout || meeting.parentMeetingId === undefined) continue;
    const sum = inBreakouts.get(meeting.parentMeetingId) ?? 0;
    inBreakouts.set(meeting.parentMeetingId, sum + meeting.attendees);
  }
  const counts = { meetings: 0, attendees: 0, listeners: 0, voice: 0, video: 0 };
  for (const meeting of list) {
    const elsewhere = inBreakouts.get(meeting.internalMeetingId) ?? 0;
    if (!meeting.isBreakout) counts.meetings += 1;
    counts.attendees += Math.max(0, meeting.attendees - elsewhere);
    counts.listeners += meeting.listeners;
    counts.voice += meeting.voice;
    counts.video += meeting.video;
  }
  return counts;
}
