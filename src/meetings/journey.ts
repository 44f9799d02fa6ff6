import { randomUUID } from 'node:crypto';
import { type Expectation, wholeAttendees } from '../placement/learning/room-habits.js';
import type { Decision, PlacementRecord } from '../placement/types.js';
import type { CreateCommand } from './create-command.js';
import type { Meeting } from './meeting.js';
import type { MoveCause } from './placement-observer.js';

interface Retry {
  readonly serverId: string;
  readonly cause: string;
}

/** One create on its way through the ranking. */
export interface Journey {
  readonly command: CreateCommand;
  readonly expectation: Expectation;
  /** The row before this create, where there was one. */
  previous: Meeting | undefined;
  /** Why that row's running meeting is placed anew. */
  readonly moveCause: MoveCause | undefined;
  readonly retries: Retry[];
  readonly excluded: Set<string>;
  /** That row is of a create that was cut, and its server has the first try. */
  isResumed: boolean;
  claim: Meeting | undefined;
  decision: Decision | undefined;
}

/** Says what became of the decision, beside why it was made. */
export function explain(journey: Journey, say: (reason: string) => string): void {
  const { decision } = journey;
  if (decision === undefined) return;
  journey.decision = { ...decision, explanation: say(decision.explanation) };
}

/** The decision where a create that was cut may have left the meeting on a server already. */
export function resumed(decision: Decision, serverId: string): Decision {
  return {
    ...decision,
    ranking: [serverId, ...decision.ranking.filter((id) => id !== serverId)],
    explanation: `${serverId} was claimed for this meeting by a create that was cut, and may have it: it is asked first.`,
  };
}

/** What is kept of the journey at its end. */
export function recordOf(
  { command, expectation, retries }: Journey,
  decision: Decision,
  end: Pick<PlacementRecord, 'at' | 'serverId' | 'policy'>,
): PlacementRecord {
  return {
    id: randomUUID(),
    tenantId: command.tenant.id,
    meetingId: command.meetingId,
    expectedAttendees: wholeAttendees(expectation),
    decision,
    retries: [...retries],
    ...end,
  };
}
