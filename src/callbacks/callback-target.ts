import { scopedMeetingId } from '../tenants/meeting-scope.js';
import type { CallbackUrls } from './callback-slots.js';

/** Where a front end wants to be called about a meeting. Times are ms since 1970. */
export interface CallbackTarget {
  /** What its token begins with. */
  readonly id: string;
  readonly tenantId: string;
  /** As the front end writes it. */
  readonly meetingId: string;
  readonly urls: CallbackUrls;
  readonly createdAt: number;
  /** Counts the sessions of the meeting that were created with this token: 0 unless one ended unseen. */
  readonly session: number;
  /** The server's IDs of the sessions and copies it was created with. */
  readonly internalMeetingIds: readonly string[];
  /** The session is over. */
  readonly endedAt: number | undefined;
  /** Its end is in the outbox, or nobody wants to know. */
  readonly toldAt: number | undefined;
  /** A recording was asked for or has come: kept for longer. */
  readonly isRecorded: boolean;
  /** Servers that told of a recording of it. */
  readonly recordedOn: readonly string[];
}

/** The ID BBB knows the meeting of a target by. */
export function scopedOf({ tenantId, meetingId }: CallbackTarget): string {
  return scopedMeetingId(tenantId, meetingId);
}

/** A server has answered SUCCESS to a create with it. */
export function hasRun({ internalMeetingIds }: CallbackTarget): boolean {
  return internalMeetingIds.length > 0;
}

/** Where targets are kept; each change is durable when it resolves. */
export interface CallbackTargetStore {
  /** Those whose end was not told yet. */
  listOpenTargets(): Promise<readonly CallbackTarget[]>;
  /** In any order; without those that are not there. */
  findTargets(ids: readonly string[]): Promise<readonly CallbackTarget[]>;
  /** Inserts or replaces. */
  saveTarget(target: CallbackTarget): Promise<void>;
  removeTarget(id: string): Promise<void>;
  /** Deletes those that were told of before `before`, of recorded ones before `recordedBefore`; returns how many. */
  pruneTargets(before: number, recordedBefore: number): Promise<number>;
}
