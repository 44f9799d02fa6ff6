import type { LearntCost } from '../placement/learning/pooled-cost.js';
import type { MeetingHistory } from './meeting.js';

/** Where the learnt cost of a person outlives a restart. */
export interface LearntStore {
  /** `undefined` before anything was learnt; rejects when what is stored makes no sense. */
  readCost(): Promise<LearntCost | undefined>;
  /** Replaces it; `at` is ms since 1970. */
  saveCost(cost: LearntCost, at: number): Promise<void>;
}

/** Past sessions, read once at start. */
export interface PastSessions {
  /** Those that ended at or after `since` (ms since 1970), the newest `limit` of them, oldest first, in portions. */
  pastSessions(since: number, limit: number): AsyncIterable<readonly MeetingHistory[]>;
}
