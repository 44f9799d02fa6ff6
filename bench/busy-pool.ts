import { outlookOf } from '../src/placement/outlook.js';
import type { Candidate, PlacementOptions, PlacementRequest } from '../src/placement/types.js';

/** Placement as it comes configured. */
export const PLACEMENT_OPTIONS: PlacementOptions = {
  policy: 'predicted',
  tolerance: 0.005,
  rampMs: 900_000,
  limits: { cpu: 0.85, memory: 0.9, network: 0.85 },
  whenFull: 'least-bad',
  spareTag: 'spare',
  shares: {},
};

/** A class that has met before. */
export const PLACEMENT_REQUEST: PlacementRequest = {
  expectation: { attendees: 30, durationsMs: [2_700_000, 3_600_000], basis: 'room', sessions: 2 },
  requiredTags: [],
  preferredTag: undefined,
  excluded: new Set(),
};

/** A pool at the full hour: each server measured, polled, with five young meetings promised to it. */
export function busyPool(servers: number): readonly Candidate[] {
  return Array.from({ length: servers }, (_, index) => candidate(index));
}

function candidate(index: number): Candidate {
  return {
    id: `server-${index}`,
    adminState: index % 50 === 0 ? 'cordoned' : 'enabled',
    health: index % 33 === 0 ? 'unstable' : 'online',
    tags: index % 20 === 0 ? ['spare'] : ['eu'],
    loadMultiplier: 1,
    limits: { attendees: 400 },
    cpu: index % 25 === 0 ? undefined : 0.1 + 0.6 * spread(index),
    memory: 0.3 + 0.4 * spread(3 * index),
    networkBytesPerSecond: 50_000_000 * spread(7 * index),
    networkMbit: 1_000,
    sampleAgeMs: 4_000,
    pollAgeMs: 3_000,
    attendees: (index * 7) % 200,
    meetings: 20,
    longCpu: 0.3,
    longMemory: 0.4,
    outlook: outlookOf(
      Array.from({ length: 5 }, (_, i) => ({
        ...{
          expectedAttendees: 15 + i,
          countedAttendees: i,
          ageMs: i * 60_000,
          durationsMs: [3_600_000],
          personWeight: 1,
        },
      })),
      900_000,
    ),
    cpuPerPerson: 0.003,
    idleCpu: 0.02,
    backgroundCpu: index % 25 === 0 ? undefined : 0.1 * spread(11 * index),
  };
}

/** 0 up to 1, evenly, no two alike: as no two hosts measure the same. */
function spread(index: number): number {
  return (index * 0.618_033_988_75) % 1;
}
