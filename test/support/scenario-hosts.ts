/** One host of the contract of sources and what it wrote; `ago` in ms before the scenario's now. */
export interface ScenarioHost {
  readonly server?: string;
  readonly host: string;
  readonly cpuCount?: number;
  /** Mbit/s by interface; −1 as a virtual one tells. */
  readonly speeds?: Readonly<Record<string, number>>;
  /** By how many s its own clock runs ahead. */
  readonly aheadS?: number;
  readonly samples: readonly ScenarioSample[];
}

export interface ScenarioSample {
  readonly ago: number;
  /** Busy, 0 to 1. */
  readonly cpu?: number;
  /** Percent available, however impossible. */
  readonly available?: number;
  /** Sent, and received, by interface. */
  readonly bytes?: Readonly<Record<string, number>>;
}

/** Samples every 10 s over the last minute, the newest 2 s old. */
export const AGES: readonly number[] = [62, 52, 42, 32, 22, 12, 2].map((seconds) => seconds * 1000);

const MB = 1_000_000;

function steady(cpu: number, available = 70): readonly ScenarioSample[] {
  return AGES.map((ago) => ({ ago, cpu, available, bytes: { eth0: (100_000 - ago) * 500 } }));
}

/** Means to 0.4 over the last minute; what lies before it is far off. */
const CPU_OF_WHOLE = [0.95, 0.4, 0.2, 0.6, 0.2, 0.6, 0.4];

/** Hosts of every kind the contract asks about. */
export const SCENARIO: readonly ScenarioHost[] = [
  {
    server: 'whole',
    host: 'whole-host',
    cpuCount: 8,
    speeds: { eth0: 1000, eth1: -1, lo: 40_000 },
    samples: AGES.map((ago, index) => ({
      ago,
      cpu: CPU_OF_WHOLE[index] ?? 0,
      available: 75,
      // Sent and received, two interfaces, 0.5 MB/s each: 2 MB/s. What is virtual does not count.
      bytes: {
        eth0: (100_000 - ago) * 500,
        eth1: 7 * MB + (100_000 - ago) * 500,
        lo: (100_000 - ago) * 9_000,
        docker0: (100_000 - ago) * 9_000,
        'br-12ab': (100_000 - ago) * 9_000,
        veth12: (100_000 - ago) * 9_000,
      },
    })),
  },
  { server: 'tagged', host: 'other-name', samples: steady(0.5) },
  { host: 'tagged-host', samples: steady(0.9) },
  { host: 'Plain.example.org', samples: steady(0.3) },
  { server: 'half', host: 'half-host', samples: AGES.map((ago) => ({ ago, cpu: 0.25 })) },
  {
    server: 'bad',
    host: 'bad-host',
    samples: steady(0.4).map((sample, index) => ({
      ...sample,
      available: index === 2 ? -500 : index === 4 ? 1e300 : 60,
    })),
  },
  {
    server: 'reset',
    host: 'reset-host',
    samples: AGES.map((ago, index) => ({
      ago,
      cpu: 0.1,
      available: 50,
      bytes: { eth0: index < 3 ? 900 * MB + index * 5 * MB : (index - 3) * 5 * MB },
    })),
  },
  {
    server: 'ahead',
    host: 'ahead-host',
    aheadS: 300,
    samples: steady(0.7),
  },
  {
    server: 'twin',
    host: 'twin-1',
    samples: steady(0.2).map((sample) => ({ ...sample, ago: sample.ago + 5_000 })),
  },
  { server: 'twin', host: 'twin-2', samples: steady(0.6) },
  { server: 'stranger', host: 'stranger-host', samples: steady(0.2) },
  {
    server: 'old',
    host: 'old-host',
    samples: steady(0.8).map((sample) => ({ ...sample, ago: sample.ago + 600_000 })),
  },
];

/** The servers of the pool; `silent` never wrote. */
export const SCENARIO_KEYS = [
  { serverId: 'whole', host: 'whole.example.org' },
  { serverId: 'tagged', host: 'tagged-host' },
  { serverId: 'plain', host: 'plain.example.org' },
  { serverId: 'silent', host: 'silent-host' },
  ...['half', 'bad', 'reset', 'ahead', 'twin', 'old'].map((serverId) => ({
    serverId,
    host: `${serverId}.example.org`,
  })),
];
