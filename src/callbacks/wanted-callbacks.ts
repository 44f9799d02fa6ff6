import type { CallbackUrls } from './callback-slots.js';
import type { CallbackTarget } from './callback-target.js';

/** What a create says about callbacks. */
export interface WantedCallbacks {
  readonly tenantId: string;
  /** As the front end writes it. */
  readonly meetingId: string;
  readonly urls: CallbackUrls;
  readonly isRecorded: boolean;
  /** Nobody is told of its end: a breakout room. */
  readonly isBreakout: boolean;
}

/** The target of a session that begins with this create; `now` in ms since 1970. */
export function newTarget(wanted: WantedCallbacks, id: string, now: number): CallbackTarget {
  const { tenantId, meetingId, urls, isRecorded, isBreakout } = wanted;
  return {
    ...{ id, tenantId, meetingId, urls, isRecorded },
    createdAt: now,
    session: 0,
    internalMeetingIds: [],
    endedAt: isBreakout ? now : undefined,
    toldAt: isBreakout ? now : undefined,
    recordedOn: [],
  };
}
