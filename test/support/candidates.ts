import { outlookOf, type OngoingMeeting } from '../../src/placement/outlook.js';
import type { Candidate, PlacementOptions, PlacementRequest } from '../../src/placement/types.js';

const RAMP_MS = 15 * 60_000;

/** What a test says of a server; `running` are the meetings its outlook is made of. */
export type CandidateValues = Partial<Candidate> & { readonly running?: readonly Partial<OngoingMeeting>[] };

/** A meeting claimed just now that 15 people are expected in, and whatever a test says otherwise. */
export function ongoing(values: Partial<OngoingMeeting> = {}): OngoingMeeting {
  return {
    expectedAttendees: 15,
    countedAttendees: 0,
    ageMs: 0,
    durationsMs: [],
    personWeight: 1,
    ...values,
  };
}

/**
 * An enabled, online server at 20 % CPU without people, and whatever a test says otherwise. Attendees beyond those of
 * `running` sit in a meeting that is hours old.
 */
export function candidate(id: string, { running = [], ...values }: CandidateValues = {}): Candidate {
  const young = running.map(ongoing);
  const { attendees = 0 } = values;
  const settled = attendees - young.reduce((sum, { countedAttendees }) => sum + countedAttendees, 0);
  const old = { countedAttendees: settled, expectedAttendees: settled, ageMs: 3 * 3_600_000 };
  return {
    id,
    adminState: 'enabled',
    health: 'online',
    tags: [],
    loadMultiplier: 1,
    limits: {},
    cpu: 0.2,
    memory: 0.3,
    networkBytesPerSecond: undefined,
    networkMbit: undefined,
    sampleAgeMs: 5_000,
    pollAgeMs: 4_000,
    longCpu: values.cpu ?? 0.2,
    longMemory: values.memory ?? 0.3,
    attendees: 0,
    meetings: 0,
    outlook: outlookOf(settled > 0 ? [...young, ongoing(old)] : young, RAMP_MS),
    cpuPerPerson: 0.005,
    idleCpu: 0.02,
    backgroundCpu: undefined,
    ...values,
  };
}

/** A server whose agent is silent: no sample at all. */
export function silent(id: string, values: CandidateValues = {}): Candidate {
  const nothing = { cpu: undefined, memory: undefined, sampleAgeMs: undefined };
  return candidate(id, { ...nothing, longCpu: undefined, longMemory: undefined, ...values });
}

/** A meeting of 15 that may go anywhere. */
export function placementRequest({
  people = 15,
  ...values
}: Partial<PlacementRequest> & { readonly people?: number } = {}): PlacementRequest {
  return {
    expectation: { attendees: people, durationsMs: [3_600_000], basis: 'default', sessions: 0 },
    requiredTags: [],
    preferredTag: undefined,
    excluded: new Set(),
    ...values,
  };
}

/** The defaults of the configuration. */
export function placementOptions(values: Partial<PlacementOptions> = {}): PlacementOptions {
  return {
    policy: 'predicted',
    tolerance: 0.005,
    rampMs: RAMP_MS,
    limits: { cpu: 0.85, memory: 0.9, network: 0.85 },
    whenFull: 'least-bad',
    spareTag: 'spare',
    shares: {},
    ...values,
  };
}

/** A seeded source of random numbers (mulberry32), 0 up to, not including, 1. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
