import type { SimMeeting } from './sim-meeting.js';

/** The sums the simulated host's load is made of. */
export interface MeetingLoad {
  readonly meetings: number;
  readonly attendees: number;
  readonly listeners: number;
  readonly voice: number;
  readonly video: number;
  /** Video streams sent: each camera to everyone else in the meeting. */
  readonly streams: number;
}

/** The sums over meetings. */
export function meetingLoad(of: Iterable<Pick<SimMeeting, 'attendees'>>): MeetingLoad {
  const sums = { meetings: 0, attendees: 0, listeners: 0, voice: 0, video: 0, streams: 0 };
  for (const { attendees } of of) {
    let video = 0;
    for (const attendee of attendees.values()) {
      if (attendee.isListeningOnly) sums.listeners++;
      if (attendee.hasJoinedVoice) sums.voice++;
      if (attendee.hasVideo) video++;
    }
    sums.meetings++;
    sums.attendees += attendees.size;
    sums.video += video;
    sums.streams += video * Math.max(0, attendees.size - 1);
  }
  return sums;
}
