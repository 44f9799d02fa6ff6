import type { Logger } from '../log.js';
import { LoadModel } from '../placement/learning/load-model.js';
import { isSoundCost, type LearntCost } from '../placement/learning/pooled-cost.js';
import { RoomHabits } from '../placement/learning/room-habits.js';
import type { LearntStore, PastSessions } from './learnt-store.js';
import type { MeetingHistory } from './meeting.js';

export interface MeetingLearningDeps {
  readonly sessions: PastSessions;
  readonly learnt: LearntStore;
  readonly rampMs: number;
  /** `metrics.window`. */
  readonly windowMs: number;
  readonly defaultMeetingSize: number;
  readonly defaultMeetingDurationMs: number;
  readonly now: () => number;
  readonly logger: Logger;
}

const DAY_MS = 24 * 3_600_000;

/** A term of school: what rooms have been like is learnt from it. */
export const HISTORY_KEPT_MS = 90 * DAY_MS;

/** Sessions read at start: more than the rooms that are remembered ever tell, and read in less than a second. */
const MOST_SESSIONS = 100_000;

/** What Ballast learns from its meetings, and how it outlives a restart. */
export class MeetingLearning {
  /** What rooms have been like. */
  readonly habits: RoomHabits;
  /** What people cost the servers. */
  readonly model: LoadModel;
  readonly #deps: MeetingLearningDeps;

  private constructor(deps: MeetingLearningDeps, cost: LearntCost | undefined) {
    this.#deps = deps;
    const { rampMs, windowMs, defaultMeetingSize, defaultMeetingDurationMs } = deps;
    this.model = new LoadModel({ rampMs, windowMs, learnt: cost });
    this.habits = new RoomHabits({
      defaultAttendees: defaultMeetingSize,
      defaultDurationMs: defaultMeetingDurationMs,
    });
  }

  /** Takes up what earlier runs have learnt. What cannot be read is learnt anew: a start must not fail of it. */
  static async restore(deps: MeetingLearningDeps): Promise<MeetingLearning> {
    const learning = new MeetingLearning(deps, await readCost(deps));
    await learning.#readSessions();
    return learning;
  }

  /** A session has ended. One that a server's failure moved teaches nothing: nobody knows how long it was. */
  ended(session: MeetingHistory): void {
    if (!session.wasMoved) this.habits.learn(session);
  }

  /** Stores what past sessions do not tell. */
  async save(): Promise<void> {
    await this.#deps.learnt.saveCost(this.model.learnt(), this.#deps.now());
  }

  async #readSessions(): Promise<void> {
    const { sessions, now, logger } = this.#deps;
    try {
      for await (const portion of sessions.pastSessions(now() - HISTORY_KEPT_MS, MOST_SESSIONS)) {
        for (const session of portion) this.ended(session);
      }
    } catch (error) {
      logger.warn('past sessions cannot be read; what rooms are like is learnt anew', { error });
    }
  }
}

async function readCost({ learnt, logger }: MeetingLearningDeps): Promise<LearntCost | undefined> {
  try {
    const cost = await learnt.readCost();
    if (cost !== undefined && !isSoundCost(cost)) throw new Error('it is of another shape');
    return cost;
  } catch (error) {
    logger.warn('what people cost a server cannot be read; it is learnt anew', { error });
    return undefined;
  }
}
