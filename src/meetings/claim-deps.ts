import type { Logger } from '../log.js';
import type { RoomHabits } from '../placement/learning/room-habits.js';
import type { Pool } from '../pool/pool.js';
import type { CreateLimits } from './create-command.js';
import type { JoinBook } from './join-book.js';
import type { MeetingClient } from './meeting-client.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { MeetingPlacer } from './meeting-placer.js';
import type { PlacementJournal } from './placement-journal.js';
import type { PlacementObserver } from './placement-observer.js';

/** What creates are made with. */
export interface ClaimDeps {
  readonly pool: Pool;
  readonly client: MeetingClient;
  readonly directory: MeetingDirectory;
  readonly placer: MeetingPlacer;
  /** What is expected of a new session. */
  readonly habits: Pick<RoomHabits, 'expect'>;
  /** Joins sent on that no poll shows yet. */
  readonly joins: Pick<JoinBook, 'countSince'>;
  readonly journal: PlacementJournal;
  readonly limits: CreateLimits;
  readonly observer: PlacementObserver;
  /** Resolves once each server was polled or failed to be: before that none is known to be up. */
  readonly firstPoll: Promise<void>;
  readonly attendeesOfTenant: (tenantId: string) => number;
  /** How long a server that refuses connections has to come back before its meetings are given up; 800 unless given. */
  readonly probeAfterMs?: number | undefined;
  readonly now: () => number;
  readonly logger: Logger;
}
