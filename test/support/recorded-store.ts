import { join } from 'node:path';
import { silentLogger } from '../../src/log.js';
import type { Meeting, MeetingHistory } from '../../src/meetings/meeting.js';
import { PooledCost } from '../../src/placement/learning/pooled-cost.js';
import type { PlacementRecord, ScoredCandidate } from '../../src/placement/types.js';
import type { ServerDefinition } from '../../src/pool/server.js';
import { createRandom } from '../../src/sim/random.js';
import { openStore } from '../../src/store/open-store.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SERVERS = ['bbb1', 'bbb2', 'bbb3'];

/** Local midnight of the day that `fillStore` writes. */
export const RECORDED_MIDNIGHT = new Date(2025, 2, 3).getTime();

/** What `fillStore` wrote for the day itself, in order of start. */
export interface Recorded {
  readonly spec: string;
  readonly sessions: readonly MeetingHistory[];
}

/**
 * A store of a Ballast that ran: three servers, a day of 40 meetings placed at random, each room's session of the week
 * before, one create that found no server and one meeting that still runs. bbb2 has 16 cores, the others 8.
 */
export async function fillStore(folder: string): Promise<Recorded> {
  const spec = `sqlite:${join(folder, 'ballast.db')}`;
  const store = await openStore(spec, { logger: silentLogger });
  const random = createRandom(7);
  for (const id of SERVERS) {
    const definition: ServerDefinition = {
      ...{
        id,
        url: `https://${id}.example.org/bigbluebutton/api/`,
        secret: 'a secret',
        allowInsecureTls: false,
      },
      ...{ loadMultiplier: 1, tags: [], adminState: 'enabled', isDraining: false, metricsHost: undefined },
      ...{ limits: {}, networkMbit: id === 'bbb2' ? 10_000 : undefined },
    };
    await store.servers.saveServer(definition);
  }
  const cost = new PooledCost(6 * HOUR);
  for (let people = 0; people < 200; people++) {
    const media = { people, voice: people / 2, streams: 2 * people };
    cost.learn(RECORDED_MIDNIGHT, media, 0.2 + 0.025 * people, 1);
  }
  await store.learnt.saveCost(cost.learnt(), RECORDED_MIDNIGHT);

  const { usualPerson: coresPerPerson } = cost.cost();
  const sessions: MeetingHistory[] = [];
  for (let index = 0; index < 40; index++) {
    const startedAt = RECORDED_MIDNIGHT + 8 * HOUR + Math.floor(random() * 4 * HOUR);
    const session = {
      ...{ tenantId: index % 2 === 0 ? 'default' : 'school', meetingId: `room-${index}`, startedAt },
      ...{ serverId: SERVERS[Math.floor(random() * 3)] ?? 'bbb1', endedAt: startedAt + 45 * MINUTE },
      ...{ maxAttendees: 2 + Math.floor(random() * 60), wasMoved: false },
    };
    const week = 7 * 24 * HOUR;
    const before = { ...session, startedAt: startedAt - week, endedAt: session.endedAt - week };
    for (const one of [before, session]) {
      await store.meetings.claimMeeting(claimOf(one));
      await store.meetings.closeMeeting(claimOf(one), one);
    }
    sessions.push(session);
  }
  sessions.sort((left, right) => left.startedAt - right.startedAt);
  const placements = sessions.map((session, index) => placementOf(session, `p${index}`, coresPerPerson));
  const [first] = placements;
  if (first === undefined) throw new Error('no session');
  const later = { ...first, at: RECORDED_MIDNIGHT + 13 * HOUR };
  await store.placements.savePlacements([
    ...placements,
    { ...later, id: 'refused', meetingId: 'refused', serverId: undefined },
    { ...later, id: 'runs', meetingId: 'still runs' },
  ]);
  await store.close();
  return { spec, sessions };
}

function claimOf({ tenantId, meetingId, serverId, startedAt }: MeetingHistory): Meeting {
  return {
    ...{ tenantId, meetingId, serverId, scopedId: `${tenantId}--${meetingId}`, state: 'running' },
    ...{ expectedAttendees: 15, claimedAt: startedAt, internalMeetingId: undefined, createTime: startedAt },
    ...{ wasMoved: false, endRequestedAt: undefined },
  };
}

function placementOf(session: MeetingHistory, id: string, coresPerPerson: number): PlacementRecord {
  const { tenantId, meetingId, serverId, startedAt } = session;
  const candidates = SERVERS.map((server): ScoredCandidate => ({
    ...{
      id: server,
      verdict: server === serverId ? 'chosen' : 'heavier',
      detail: '',
      load: 0.2,
      bound: 'cpu',
    },
    ...{ cpu: 0.2, predictedCpu: 0.3, predictedInMs: 0, backgroundCpu: 0, memory: 0.2 },
    ...{ cpuPerPerson: coresPerPerson / (server === 'bbb2' ? 16 : 8), networkBytesPerSecond: undefined },
    ...{ attendees: 0, reservedAttendees: 0, meetings: 0, sampleAgeMs: 0, pollAgeMs: 0, rank: 1 },
  }));
  return {
    ...{ id, at: startedAt - 20, tenantId, meetingId, serverId, policy: 'predicted', expectedAttendees: 15 },
    decision: { ranking: [serverId], reason: 'lowest-load', explanation: '', candidates },
    retries: [],
  };
}
