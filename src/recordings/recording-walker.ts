import type { Logger } from '../log.js';
import type { RecordingClient, RecordingServer } from './ask-recordings.js';
import { FirstReads } from './first-reads.js';
import type { RecordingIndexer } from './recording-indexer.js';
import type { RecordingStore } from './recording-index.js';
import type { RecordingWalkStore } from './recording-walks.js';
import { askByIds, walkRecent, walkWhole, type ServerWalkDeps } from './server-walk.js';
import { WalkLane } from './walk-lane.js';
import { dueWalk, newWalkedServer, SELDOM_MS, type WalkedServer } from './walked-server.js';

export interface RecordingWalkerDeps {
  readonly client: RecordingClient;
  readonly servers: () => readonly RecordingServer[];
  readonly store: RecordingStore;
  readonly walks: RecordingWalkStore;
  readonly indexer: RecordingIndexer;
  readonly refreshMs: number;
  /** ms since 1970. */
  readonly now: () => number;
  readonly logger: Logger;
  /** Told of each walk that ended. */
  readonly onWalk?: ((serverId: string, outcome: 'ok' | 'failed') => void) | undefined;
}

const PAGE_TIMEOUT_MS = 30_000;

/** A disabled server may well be switched off, and lists wait for the first try to read it. */
const DISABLED_PAGE_TIMEOUT_MS = 10_000;

/** Walks at once; servers whose last walk failed and disabled ones have lanes of their own: they are in nobody's way. */
const LANES = { sound: 16, suspect: 4, disabled: 8 } as const;

const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 60_000;

/** As long as a list waits for servers that are being read for the first time. */
const FIRST_WALK_WAIT_MS = 3_000;

const PROCESSING_AT_ONCE = 1_000;

/** Keeps the index: walks through each server's list by itself, so that a slow or hanging one delays no other. */
export class RecordingWalker {
  readonly #deps: RecordingWalkerDeps;
  readonly #servers = new Map<string, WalkedServer>();
  readonly #reads: FirstReads;
  readonly #lanes = {
    sound: new WalkLane(LANES.sound),
    suspect: new WalkLane(LANES.suspect),
    disabled: new WalkLane(LANES.disabled),
  };
  #isStopped = false;

  private constructor(deps: RecordingWalkerDeps, walked: readonly string[]) {
    this.#deps = deps;
    this.#reads = new FirstReads(deps, walked);
  }

  /** Reads which servers were walked before; what the index has of servers that are no longer there is removed. */
  static async load(deps: RecordingWalkerDeps): Promise<RecordingWalker> {
    const walks = await deps.walks.listWalks();
    const walker = new RecordingWalker(
      deps,
      walks.map(({ serverId }) => serverId),
    );
    for (const walk of walks) walker.#servers.set(walk.serverId, newWalkedServer(walk));
    const present = new Set(deps.servers().map(({ address }) => address.id));
    for (const { serverId } of walks) {
      if (!present.has(serverId)) await walker.forget(serverId);
    }
    await deps.store.keepServers([...present]);
    return walker;
  }

  /** How many servers were never read whole; of disabled ones only those that can be read count. */
  get awaited(): number {
    return this.#reads.awaited.length;
  }

  /** True when nothing can be missing. */
  get isWhole(): boolean {
    return this.awaited === 0;
  }

  /** Whether a server was read whole at least once. */
  hasRead(serverId: string): boolean {
    return this.#reads.has(serverId);
  }

  /** Why something may be missing in the index; waits a little for servers that are being read for the first time. */
  async findGap(): Promise<Error | undefined> {
    this.#reads.tell();
    const { awaited } = this.#reads;
    if (awaited.length === 0) return undefined;
    const first = awaited.flatMap((server) => {
      this.#begin(server);
      return this.#stateOf(server).running?.ended ?? [];
    });
    let timer: NodeJS.Timeout | undefined;
    const longest = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_WALK_WAIT_MS);
    });
    await Promise.race([Promise.all(first), longest]);
    clearTimeout(timer);
    this.#reads.tell();
    return this.#reads.gap;
  }

  /** Begins a walk on each server on which one is due; none is waited for. */
  refresh(): void {
    for (const server of this.#deps.servers()) {
      if (server.isGone) this.#stateOf(server).needsWhole = true;
      else this.#begin(server);
    }
    this.#reads.tell();
  }

  /** Has every server read whole at its next walk. */
  readAllWhole(): void {
    for (const server of this.#deps.servers()) this.#stateOf(server).needsWhole = true;
    this.refresh();
  }

  /** A server answers: one that is new or was away is read at once. */
  onAnswering(serverId: string): void {
    const server = this.#find(serverId);
    if (server !== undefined && this.#stateOf(server).needsWhole) this.#begin(server);
  }

  /** Reads a server's list out of turn, since something changed there. */
  readSoon(serverId: string): void {
    const server = this.#find(serverId);
    if (server === undefined) return;
    this.#stateOf(server).needsWhole = true;
    this.#begin(server);
  }

  /** A server has left the pool: what only it had is gone with it. */
  async forget(serverId: string): Promise<void> {
    const running = this.#servers.get(serverId)?.running;
    this.#servers.delete(serverId);
    running?.controller.abort();
    await running?.ended;
    this.#reads.forget(serverId);
    await this.#deps.walks.removeWalk(serverId);
    await this.#deps.store.keepServers(this.#deps.servers().map(({ address }) => address.id));
  }

  /** Aborts the walks under way and waits for their ends. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const running = [...this.#servers.values()].flatMap((server) => server.running ?? []);
    for (const { controller } of running) controller.abort();
    await Promise.all(running.map(({ ended }) => ended));
  }

  #find(serverId: string): RecordingServer | undefined {
    return this.#deps.servers().find(({ address }) => address.id === serverId);
  }

  #stateOf({ address }: RecordingServer): WalkedServer {
    const known = this.#servers.get(address.id);
    if (known !== undefined) return known;
    const state = newWalkedServer(undefined);
    this.#servers.set(address.id, state);
    return state;
  }

  #begin(server: RecordingServer): void {
    const state = this.#stateOf(server);
    if (server.isGone || state.running !== undefined || this.#isStopped) return;
    // What only a disabled server has would be in no list: it is read, but once.
    if (server.isDisabled && this.#reads.has(server.address.id)) return;
    if (this.#deps.now() < state.notBefore) return;
    const controller = new AbortController();
    const trust = state.failures === 0 ? 'sound' : 'suspect';
    const ended = this.#lanes[server.isDisabled ? 'disabled' : trust].run(() =>
      this.#attempt(server, state, controller),
    );
    state.running = {
      controller,
      ended: ended.finally(() => {
        state.running = undefined;
      }),
    };
  }

  /** Never rejects: a failure is logged and the server is tried again later. */
  async #attempt(server: RecordingServer, state: WalkedServer, controller: AbortController): Promise<void> {
    const { now, logger, refreshMs, onWalk } = this.#deps;
    const serverId = server.address.id;
    const wasRead = this.#reads.has(serverId);
    try {
      await this.#walk(server, state, controller.signal);
      if (state.failures > 0 && wasRead)
        logger.info(`recordings of server ${serverId} are listed again`, { serverId });
      Object.assign(state, { failures: 0, notBefore: 0 });
      onWalk?.(serverId, 'ok');
    } catch (error) {
      if (controller.signal.aborted) return;
      const message = `recordings of server ${serverId} could not be read; tried again`;
      const isSaid = this.#reads.failed(serverId, error) || state.failures > 0;
      logger[isSaid ? 'debug' : 'warn'](message, { serverId, error });
      state.failures += 1;
      const wait = Math.min(FIRST_RETRY_MS * 2 ** (state.failures - 1), Math.max(refreshMs, LAST_RETRY_MS));
      state.notBefore = now() + Math.min(wait, refreshMs * 2 ** (state.failures - 1));
      onWalk?.(serverId, 'failed');
    }
  }

  async #walk(server: RecordingServer, state: WalkedServer, signal: AbortSignal): Promise<void> {
    const { client, store, indexer, walks, now } = this.#deps;
    const deps: ServerWalkDeps = {
      ...{ client, now, store, indexer, signal },
      timeoutMs: server.isDisabled ? DISABLED_PAGE_TIMEOUT_MS : PAGE_TIMEOUT_MS,
    };
    const startedAt = now();
    const due = dueWalk(state, startedAt);
    if (due === 'recent') {
      const listed = await walkRecent(server, state, deps);
      if (listed === undefined) state.needsWhole = true;
      else state.listed = listed;
    } else if (due === 'whole') {
      state.needsWhole = false;
      const { walk, givesAll } = await walkWhole(server, deps).catch((error: unknown) => {
        state.needsWhole = true;
        throw error;
      });
      const { order, listed } = walk;
      Object.assign(state, { order, listed, givesAll, wholeAt: startedAt, wholeTookMs: now() - startedAt });
      await walks.saveWalk(walk);
      this.#reads.succeeded(server.address.id);
      return;
    }
    if (startedAt - state.processingAskedAt < SELDOM_MS) return;
    state.processingAskedAt = startedAt;
    const filter = { serverId: server.address.id, states: ['processing', 'processed'] };
    const unfinished = await store.listRecordings(filter, { limit: PROCESSING_AT_ONCE });
    await askByIds(
      server.address,
      unfinished.map(({ recordId }) => recordId),
      deps,
    );
  }
}
