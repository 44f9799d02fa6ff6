import type { SimMeeting } from './sim-meeting.js';

/** Whether bbb-web would end a meeting by now: its duration is over, nobody came, or all have left. */
export function isOver(
  meeting: Pick<SimMeeting, 'settings' | 'startTime' | 'createTime' | 'hasUserJoined' | 'emptySince'>,
  now: number,
): boolean {
  const { durationMinutes, expireUnjoinedMinutes, expireEmptyMinutes } = meeting.settings;
  const isPast = (since: number, minutes: number): boolean => minutes > 0 && now - since >= minutes * 60_000;
  if (meeting.startTime > 0 && isPast(meeting.startTime, durationMinutes)) return true;
  if (!meeting.hasUserJoined) return isPast(meeting.createTime, expireUnjoinedMinutes);
  return meeting.emptySince !== undefined && isPast(meeting.emptySince, expireEmptyMinutes);
}
