import type { NewMeeting, RuleKind } from '../rule.js';
import { drawOne, lowest } from './lowest.js';
import { loadFactors } from './told-sizes.js';

/** Defaults of a cluster: what a meeting counts for, the most that CPU counts for, terms of its series. */
const PER_MEETING = 30;
const CPU_MAX = 5_000;
const CPU_ORDER = 6;
/** The agent on the host keeps a minute of ten-second samples. */
const SAMPLES_KEPT = 6;

interface Server {
  readonly id: string;
  /** What people and meetings count for on its cluster, against the default. */
  readonly factor: number;
  readonly samples: number[];
  cpu: number;
  attendees: number;
  meetings: number;
  hasErrors: boolean;
}

/**
 * b3lb's load as it is shipped: the series of CPU stops one term before the sixth and is divided by 6 all the same, so
 * that it ends at 4167 instead of 5000. `cpu` is 0 to 1; `factor` is the cluster's, 1 by default.
 */
export function b3lbLoad(server: {
  attendees: number;
  meetings: number;
  cpu: number;
  factor?: number;
}): number {
  let series = 0;
  for (let term = 1; term < CPU_ORDER; term++) series += server.cpu ** term;
  const counted = (server.factor ?? 1) * (server.attendees + PER_MEETING * server.meetings);
  return Math.trunc(counted + (CPU_MAX / CPU_ORDER) * series);
}

/** CPU that the agent on the host tells: the highest of the newest sample and the mean of a minute. */
export function b3lbCpu(samples: readonly number[]): number {
  const newest = samples.at(-1);
  if (newest === undefined) return 0;
  const mean = samples.reduce((sum, value) => sum + value, 0) / samples.length;
  return Math.trunc(Math.max(newest, mean) * 10_000) / 10_000;
}

/**
 * b3lb 3.3, a cluster for each size of server, as it is meant: lowest load, random among equals; +31 at placement until the poll (15 s). One
 * failed poll takes a server out, and its meetings stay locked to it until it answers: they can start nowhere else.
 */
export const b3lb: RuleKind = {
  name: 'b3lb',
  family: 'peer',
  start({ hosts, random }) {
    const factors = loadFactors(hosts);
    const servers = new Map(
      hosts.map(({ id }): [string, Server] => [
        id,
        {
          id,
          factor: factors.get(id) ?? 1,
          samples: [],
          cpu: 0,
          attendees: 0,
          meetings: 0,
          hasErrors: false,
        },
      ]),
    );
    /** Creates that reached a dead server: the row is there, and no other server is asked while it is. */
    const locked = new Map<string, Server>();
    const addMeeting = (server: Server | undefined): void => {
      if (server === undefined) return;
      server.attendees += 1;
      server.meetings += 1;
    };
    return {
      pollEveryMs: 15_000,
      pollOrder: 'one-round',
      rank(meeting) {
        const owner = locked.get(keyOf(meeting));
        if (owner !== undefined) return owner.hasErrors ? [] : [owner.id];
        const healthy = [...servers.values()].filter(({ hasErrors }) => !hasErrors);
        const chosen = drawOne(lowest(healthy, b3lbLoad), random);
        return chosen === undefined ? [] : [chosen.id];
      },
      placed(id, meeting) {
        locked.delete(keyOf(meeting));
        addMeeting(servers.get(id));
      },
      createFailed(id, _now, meeting) {
        const server = servers.get(id);
        if (server === undefined || locked.has(keyOf(meeting))) return;
        addMeeting(server);
        locked.set(keyOf(meeting), server);
      },
      sampled({ serverId, cpu }) {
        const samples = servers.get(serverId)?.samples;
        if (samples === undefined) return;
        samples.push(cpu);
        if (samples.length > SAMPLES_KEPT) samples.shift();
      },
      polled(id, meetings) {
        const server = servers.get(id);
        if (server === undefined) return;
        server.hasErrors = meetings === undefined;
        if (meetings === undefined) return;
        // Without new samples the last CPU stays for ever, as there.
        server.cpu = b3lbCpu(server.samples);
        server.meetings = meetings.length;
        server.attendees = meetings.reduce((sum, { attendees }) => sum + attendees, 0);
        for (const [key, owner] of locked) if (owner === server) locked.delete(key);
      },
      hasGivenUp: () => false,
    };
  },
};

function keyOf({ tenantId, meetingId }: NewMeeting): string {
  return `${tenantId}/${meetingId}`;
}
