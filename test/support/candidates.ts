import type { Candidate, PlacementOptions, PlacementRequest, PolicyName } from '../../src/placement/types.js';

/** An enabled, online server at 20 % CPU without people, and whatever a test says otherwise. */
export function candidate(id: string, values: Partial<Candidate> = {}): Candidate {
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
    attendees: 0,
    meetings: 0,
    reservations: [],
    ...values,
  };
}

/** A server whose agent is silent: no sample at all. */
export function silent(id: string, values: Partial<Candidate> = {}): Candidate {
  return candidate(id, { cpu: undefined, memory: undefined, sampleAgeMs: undefined, ...values });
}

/** A meeting of 15 that may go anywhere. */
export function placementRequest(values: Partial<PlacementRequest> = {}): PlacementRequest {
  return {
    expectedAttendees: 15,
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
    rampMs: 15 * 60_000,
    limits: { cpu: 0.85, memory: 0.9, network: 0.85 },
    whenFull: 'least-bad',
    spareTag: 'spare',
    ...values,
  };
}

/** All policies there are. */
export const policyNames: readonly PolicyName[] = [
  'predicted',
  'round-robin',
  'fewest-meetings',
  'fewest-attendees',
];

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
