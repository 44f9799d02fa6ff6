import { z } from 'zod';
import type { Expectation } from '../placement/learning/room-habits.js';
import type { Decision, PlacementReason, PlacementRecord, ScoredCandidate } from '../placement/types.js';
import { optionalNumber, strings } from './json-text.js';

/** A word from a closed list, kept as the version that wrote it spelt it: old decisions stay readable. */
function word<T extends string>(): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === 'string');
}

const absentNumber = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined);

const candidate: z.ZodType<ScoredCandidate> = z.object({
  id: z.string(),
  verdict: word<ScoredCandidate['verdict']>(),
  detail: z.string(),
  load: optionalNumber,
  bound: word<NonNullable<ScoredCandidate['bound']>>()
    .nullable()
    .transform((value) => value ?? undefined),
  cpu: optionalNumber,
  predictedCpu: optionalNumber,
  // Decisions of version 0.1 have none of these three.
  predictedInMs: absentNumber,
  cpuPerPerson: absentNumber,
  backgroundCpu: absentNumber,
  memory: optionalNumber,
  networkBytesPerSecond: optionalNumber,
  attendees: z.number(),
  reservedAttendees: absentNumber,
  meetings: z.number(),
  sampleAgeMs: optionalNumber,
  pollAgeMs: optionalNumber,
  rank: optionalNumber,
});

const expectation: z.ZodType<Expectation> = z.object({
  attendees: z.number(),
  durationsMs: z.array(z.number()),
  basis: word<Expectation['basis']>(),
  sessions: z.number(),
});

/** A decision as `placements.decision` keeps it; those of version 0.1 hold neither notes nor expectation. */
export const storedDecision: z.ZodType<Decision> = z.object({
  ranking: strings,
  reason: word<PlacementReason>(),
  explanation: z.string(),
  notes: strings.nullish().transform((value) => value ?? undefined),
  expectation: expectation.nullish().transform((value) => value ?? undefined),
  candidates: z.array(candidate),
});

/** What `placements.retries` keeps. */
export const storedRetries: z.ZodType<PlacementRecord['retries']> = z.array(
  z.object({ serverId: z.string(), cause: z.string() }),
);
