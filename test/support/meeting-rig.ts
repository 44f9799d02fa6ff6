import { BbbClient } from '../../src/bbb/client.js';
import { EndHints } from '../../src/meetings/end-hints.js';
import type { CreateCommand, CreateLimits, CreateResult } from '../../src/meetings/create-command.js';
import { MeetingCreator } from '../../src/meetings/create-meeting.js';
import { MeetingCalls } from '../../src/meetings/meeting-calls.js';
import { MeetingDirectory } from '../../src/meetings/meeting-directory.js';
import { MeetingKeeper } from '../../src/meetings/meeting-keeper.js';
import { MeetingPlacer, type HostLoad } from '../../src/meetings/meeting-placer.js';
import type { MeetingHistory } from '../../src/meetings/meeting.js';
import { PlacementJournal } from '../../src/meetings/placement-journal.js';
import { ServerPool } from '../../src/pool/server-pool.js';
import { startSimServer, type SimServer } from '../../src/sim/sim-server.js';
import type { SimMeeting } from '../../src/sim/state/sim-meeting.js';
import { openStore } from '../../src/store/open-store.js';
import { placementOptions } from './candidates.js';
import { createCommand } from './create-command.js';
import { learningRig } from './learning-rig.js';
import { serverDefinition } from './poll-xml.js';
import { RecordingLogger } from './recording-logger.js';

/** What a test may want otherwise. */
export interface MeetingRigOptions {
  /** IDs of the simulated servers; in this order they are preferred (the first has the least load). */
  readonly servers?: readonly string[];
  readonly store?: string;
  readonly limits?: Partial<CreateLimits>;
  readonly offlineAfter?: number;
  /** 200 by default: enough for a poll of its own, little for one that hangs. */
  readonly pollTimeoutMs?: number;
  /** Reuses servers of another rig, as a restarted balancer does. */
  readonly sims?: readonly SimServer[];
  /** All servers equal, choice among them at random. */
  readonly isEven?: boolean;
  /** How long after a refused connection a server is asked again. */
  readonly probeAfterMs?: number;
  /** What creates wait for; over by default. */
  readonly firstPoll?: Promise<void>;
}

/** Waits long enough for a local answer, and little enough for a test with a hanging server. */
export const SHORT_LIMITS: CreateLimits = {
  deadlineMs: 1_500,
  firstTryMs: 250,
  documentsDeadlineMs: 1_500,
  documentsFirstTryMs: 400,
  retryableKeys: ['serverBusy'],
};

/**
 * The meeting side of a balancer in front of simulated servers on real sockets. Polls happen when a test says so, and
 * its clock can be put forward: nothing else waits or runs by itself.
 */
export async function meetingRig(options: MeetingRigOptions = {}) {
  const ids = options.servers ?? ['bbb1', 'bbb2', 'bbb3'];
  let aheadMs = 0;
  const now = (): number => Date.now() + aheadMs;
  const sims =
    options.sims ??
    (await Promise.all(ids.map((id) => startSimServer({ id, secret: `secret-of-${id}`, now }))));
  const logger = new RecordingLogger();
  const store = await openStore(options.store ?? 'sqlite::memory:', { logger });
  for (const { id, url, secret } of sims)
    await store.servers.saveServer(serverDefinition(id, { url, secret }));
  const client = new BbbClient({ logger });
  const directory = await MeetingDirectory.load(store.meetings, now);
  const pool: ServerPool = await ServerPool.load({
    store: store.servers,
    client,
    config: {
      intervalMs: 10_000,
      timeoutMs: options.pollTimeoutMs ?? 200,
      offlineAfter: options.offlineAfter ?? 3,
      onlineAfter: 1,
      concurrency: 32,
    },
    now,
    random: () => 0.5,
    logger,
    hasClaims: (id) => directory.hasMeetingsOn(id),
    onRemoved: (id) => calls.forgetServer(id),
    // Nothing is polled but by `round`.
    setTimer: () => () => undefined,
  });
  const learning = learningRig(directory, now);
  const { habits, joins, outlooks, watch } = learning;
  const calls = new MeetingCalls({ pool, client, directory, joins, now, logger });
  const loads = new Map<string, HostLoad>();
  for (const [index, { id }] of sims.entries()) loads.set(id, loadOf(options.isEven === true ? 0 : index));
  const placer = new MeetingPlacer({
    pool,
    outlooks,
    watch,
    hostLoad: (id) => loads.get(id) ?? loadOf(0),
    options: placementOptions(),
    now,
    random: Math.random,
  });
  const journal = new PlacementJournal(store.placements, logger);
  const seen: string[] = [];
  const counted: string[] = [];
  const ended: MeetingHistory[] = [];
  const expectedOfEnded: (number | undefined)[] = [];
  const creator = new MeetingCreator({
    pool,
    client,
    directory,
    placer,
    habits,
    joins,
    journal,
    limits: { ...SHORT_LIMITS, ...options.limits },
    observer: {
      placed: (id, reason) => seen.push(`placed ${id} ${reason}`),
      retried: (id, cause) => seen.push(`retried ${id} ${cause}`),
      failed: (reason) => seen.push(`failed ${reason}`),
      passedOver: (id, verdict) => counted.push(`passed over ${id} ${verdict}`),
      moved: (id, cause) => counted.push(`moved from ${id} ${cause}`),
      waited: (cause) => counted.push(`waited ${cause}`),
      probed: (id, outcome) => counted.push(`probed ${id} ${outcome}`),
    },
    firstPoll: options.firstPoll ?? Promise.resolve(),
    attendeesOfTenant: () => 0,
    probeAfterMs: options.probeAfterMs ?? 50,
    now,
    logger,
  });
  const hints = new EndHints({ pool, directory, now, logger });
  const keeper = new MeetingKeeper({
    hints,
    pool,
    client,
    directory,
    ownerOf: (scopedId) => ({ tenantId: 'default', meetingId: scopedId }),
    inFlight: creator.inFlight,
    habits,
    onEnded: (session, expectedAttendees) => {
      ended.push(session);
      expectedOfEnded.push(expectedAttendees);
      if (!session.wasMoved) habits.learn(session);
    },
    observer: {
      moved: (id, cause) => counted.push(`moved from ${id} ${cause}`),
      adopted: (id) => counted.push(`adopted on ${id}`),
      split: (id) => counted.push(`split on ${id}`),
      copyEnded: (id, isEnded) => counted.push(`copy ${isEnded ? 'ended' : 'not ended'} on ${id}`),
    },
    now,
    logger,
  });
  pool.onPolled(async (server) => {
    watch.polled(server);
    await keeper.onPolled(server);
    if (server.poll !== undefined) joins.polled(server.definition.id, server.poll.startedAt);
  });
  pool.start();

  /** Polls the servers, all or the named ones, and lets what follows from it happen. */
  const round = async (...only: readonly string[]): Promise<void> => {
    // A poll begun in the millisecond in which a meeting was closed counts as begun before.
    aheadMs += 1;
    const polled = only.length > 0 ? only : sims.map(({ id }) => id);
    await Promise.allSettled(polled.map((id) => pool.freshPoll(id, 0)));
    await keeper.stop();
  };
  await round();

  return {
    sims,
    store,
    logger,
    client,
    directory,
    pool,
    calls,
    placer,
    learning,
    journal,
    creator,
    keeper,
    hints,
    loads,
    /** Placed, retried and failed, in words. */
    seen,
    /** What else was reported of creates and meetings, in words. */
    counted,
    /** Sessions that ended, as learnt from. */
    ended,
    /** People that were expected of them. */
    expectedOfEnded,
    now,
    round,
    advance: (ms: number): void => {
      aheadMs += ms;
    },
    sim: (id: string): SimServer => found(sims.find((server) => server.id === id)),
    create: (meetingId: string, changes: Partial<CreateCommand> = {}): Promise<CreateResult> =>
      creator.create(createCommand(meetingId, changes)),
    /** IDs of the servers that hold a living copy. */
    copies: (meetingId: string): readonly string[] =>
      sims.filter((server) => liveCopy(server, meetingId) !== undefined).map(({ id }) => id),
    serverOf: (meetingId: string): string | undefined => directory.byScopedId(meetingId)?.serverId,
    setAttendees: (serverId: string, meetingId: string, count: number): void => {
      const server = found(sims.find(({ id }) => id === serverId));
      server.meetings.setAttendees(found(liveCopy(server, meetingId)), count);
    },
    /** A meeting that a front end made on the server itself. */
    createDirectly: async (serverId: string, meetingId: string): Promise<void> => {
      const { id, url, secret } = found(sims.find((server) => server.id === serverId));
      const address = { id, url, secret, allowInsecureTls: false };
      await client.call(address, { call: 'create', query: createCommand(meetingId).query, timeoutMs: 2_000 });
    },
    /** Ends the balancer in good order; the servers go on with `keepsSims`. */
    stop: async ({ keepsSims = false } = {}): Promise<void> => {
      await creator.stop();
      await keeper.stop();
      await pool.stop();
      await journal.stop();
      await client.close();
      await store.close();
      if (!keepsSims) await Promise.all(sims.map((server) => server.stop()));
    },
  };
}

export type MeetingRig = Awaited<ReturnType<typeof meetingRig>>;

/** The copy of a meeting that lives on a simulated server. */
export function liveCopy(server: SimServer, meetingId: string): SimMeeting | undefined {
  const meeting = server.meetings.find(meetingId);
  return meeting?.endTime === 0 ? meeting : undefined;
}

function loadOf(index: number): HostLoad {
  return { cpu: 0.1 + index * 0.2, memory: 0.2, networkBytesPerSecond: undefined, sampleAgeMs: 1_000 };
}

function found<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the test names a server or meeting that is not there');
  return value;
}
