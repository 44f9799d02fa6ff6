import type { Logger } from '../log.js';
import { attemptPoll, type PollEvent } from './attempt-poll.js';
import { finishDrain, type FinishDrainDeps } from './finish-drain.js';
import { FirstRound } from './first-round.js';
import { FreshPolls } from './fresh-polls.js';
import { isLikelyToHang, type HealthThresholds } from './health.js';
import { logHealthChange } from './health-log.js';
import { OneAtATime } from './one-at-a-time.js';
import { pollDelay, pollPhase } from './poll-delay.js';
import { PollListeners } from './poll-listeners.js';
import { PollSchedule } from './poll-schedule.js';
import type { PollClient } from './poll-server.js';
import type { Pool, PollListener } from './pool.js';
import {
  applyNews,
  isPolled,
  isSameAddress,
  newEntry,
  type PollRun,
  type ServerEntry,
  type ServerNews,
} from './server-entry.js';
import type { Health, PooledServer, ServerDefinition, ServerStore } from './server.js';
import { systemTimer, type SetTimer } from './timer.js';

/** A call that failed is looked into this soon, ms. */
const LOOK_SOON_MS = 1000;

export interface ServerPoolOptions extends Pick<FinishDrainDeps, 'hasClaims'> {
  readonly store: ServerStore;
  readonly client: PollClient;
  readonly config: HealthThresholds & {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly concurrency: number;
  };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly onPoll?: (event: PollEvent) => void;
  /** Told of each change of health, with the state entered; not of a start anew by a redefinition. */
  readonly onHealth?: ((serverId: string, health: Health) => void) | undefined;
  /** Told, and awaited, once a server has left the store and the pool. */
  readonly onRemoved?: (serverId: string) => Promise<void>;
  readonly setTimer?: SetTimer;
}

/** The servers of the pool: polled, judged, and changed by the administrator. Redefined ones start as unknown. */
export class ServerPool implements Pool {
  readonly #options: ServerPoolOptions;
  readonly #entries = new Map<string, ServerEntry>();
  readonly #listeners: PollListeners;
  readonly #firstRound: FirstRound;
  readonly #fresh: FreshPolls;
  readonly #schedule: PollSchedule;
  readonly #drainDeps: FinishDrainDeps;
  #sorted: readonly PooledServer[] | undefined;
  #isRunning = false;
  #added = 0;
  /** Changes of definitions run one after another, so that store and memory agree. */
  readonly #changes = new OneAtATime();

  private constructor(options: ServerPoolOptions, definitions: readonly ServerDefinition[]) {
    this.#options = options;
    this.#listeners = new PollListeners(options.logger);
    const { setTimer = systemTimer } = options;
    this.#firstRound = new FirstRound(setTimer);
    this.#schedule = new PollSchedule({
      concurrency: options.config.concurrency,
      now: options.now,
      setTimer,
      run: (serverId) => this.#run(serverId),
      isSuspect: (serverId) => isLikelyToHang(this.#entries.get(serverId)?.server.health),
    });
    this.#drainDeps = { ...options, replace: (from, to) => this.#replace(from, to) };
    this.#fresh = new FreshPolls({
      entries: this.#entries,
      runNow: (serverId) => this.#schedule.runNow(serverId),
      now: options.now,
    });
    for (const definition of definitions) this.#define(definition);
  }

  /** Reads the servers from the store; nothing is polled before `start`. */
  static async load(options: ServerPoolOptions): Promise<ServerPool> {
    return new ServerPool(options, await options.store.listServers());
  }

  /** Resolves once each server was tried, or after one poll timeout from `start`. */
  get firstRound(): Promise<void> {
    return this.#firstRound.done;
  }

  /** Polls that are due and wait for one of the `concurrency` places. */
  get pollQueueLength(): number {
    return this.#schedule.queueLength;
  }

  /** Polls every server at once, as far as `concurrency` allows, and then spread over the interval. */
  start(): void {
    this.#isRunning = true;
    const polled = this.servers().flatMap(({ definition }) => (isPolled(definition) ? [definition.id] : []));
    this.#firstRound.begin(polled, this.#options.config.timeoutMs);
    for (const serverId of polled) this.#schedule.add(serverId, 0);
  }

  /** Aborts the polls under way and resolves once they, their listeners and changes under way have ended. */
  async stop(): Promise<void> {
    this.#isRunning = false;
    this.#firstRound.end();
    for (const entry of this.#entries.values()) entry.running?.controller.abort();
    await this.#schedule.stop();
    await this.#changes.settled();
  }

  servers(): readonly PooledServer[] {
    this.#sorted ??= [...this.#entries.values()]
      .map(({ server }) => server)
      .sort((a, b) => (a.definition.id < b.definition.id ? -1 : 1));
    return this.#sorted;
  }

  server(id: string): PooledServer | undefined {
    return this.#entries.get(id)?.server;
  }

  onPolled(listener: PollListener): () => void {
    return this.#listeners.add(listener);
  }

  markChanged(serverId: string): void {
    this.#fresh.markChanged(serverId);
  }

  reportFailure(serverId: string, message: string): void {
    const entry = this.#entries.get(serverId);
    if (entry === undefined || !isPolled(entry.server.definition)) return;
    // One failure, however many calls saw it: only polls count on, or a burst of calls would make it offline.
    if (entry.state.consecutiveFailures > 0 || entry.state.health === 'wrong-secret') return;
    this.#learn(entry, { event: 'failure', failure: message });
    this.#schedule.bringForward(serverId, Math.min(LOOK_SOON_MS, this.#options.config.intervalMs));
  }

  hasFreshPoll(serverId: string, maxAgeMs: number): boolean {
    return this.#fresh.hasFreshPoll(serverId, maxAgeMs);
  }

  freshPoll(serverId: string, maxAgeMs: number): Promise<PooledServer> {
    return this.#fresh.freshPoll(serverId, maxAgeMs);
  }

  save(definition: ServerDefinition): Promise<void> {
    return this.#changes.run(async () => {
      await this.#options.store.saveServer(definition);
      this.#define(definition);
    });
  }

  remove(id: string): Promise<void> {
    return this.#changes.run(async () => {
      await this.#options.store.removeServer(id);
      this.#entries.get(id)?.running?.controller.abort();
      this.#entries.delete(id);
      this.#sorted = undefined;
      this.#schedule.remove(id);
      this.#firstRound.tried(id);
      this.#options.client.forget?.(id);
      await this.#options.onRemoved?.(id);
    });
  }

  /** Saves `to` in the place of `from`; false, and nothing is done, when the definition is another by now. */
  #replace(from: ServerDefinition, to: ServerDefinition): Promise<boolean> {
    return this.#changes.run(async () => {
      if (this.#entries.get(from.id)?.server.definition !== from) return false;
      await this.#options.store.saveServer(to);
      this.#define(to);
      return true;
    });
  }

  #define(definition: ServerDefinition): void {
    const { id } = definition;
    const old = this.#entries.get(id);
    const before = old?.server.definition;
    this.#sorted = undefined;
    const isSame = before !== undefined && isSameAddress(before, definition);
    if (old !== undefined && isSame && isPolled(before) === isPolled(definition)) {
      old.server = { ...old.server, definition };
      if (definition.isDraining) this.#schedule.bringForward(id, LOOK_SOON_MS);
      return;
    }
    old?.running?.controller.abort();
    if (old !== undefined && !isSame) this.#options.client.forget?.(id);
    const { config, now } = this.#options;
    const phaseMs = old?.phaseMs ?? pollPhase(this.#added++, config.intervalMs);
    this.#entries.set(id, newEntry(definition, phaseMs, now()));
    this.#schedule.remove(id);
    if (!isPolled(definition)) this.#firstRound.tried(id);
    else if (this.#isRunning) this.#schedule.add(id, 0);
  }

  #learn(entry: ServerEntry, news: ServerNews): void {
    const before = entry.server;
    applyNews(entry, news, this.#options.config, this.#options.now());
    this.#sorted = undefined;
    const { logger, onHealth } = this.#options;
    logHealthChange(logger, before, entry.server);
    const { definition, health } = entry.server;
    if (health !== before.health) onHealth?.(definition.id, health);
  }

  async #run(serverId: string): Promise<number> {
    const { config, now, random } = this.#options;
    const entry = this.#entries.get(serverId);
    if (entry === undefined) return config.intervalMs;
    const controller = new AbortController();
    const run: PollRun = { startedAt: now(), mark: this.#fresh.mark, controller, outcome: undefined };
    entry.running = run;
    run.outcome = await this.#poll(entry, run);
    if (run.outcome !== 'dropped') this.#firstRound.tried(serverId);
    if (run.outcome === 'good') {
      await this.#listeners.notify(entry.server);
      await finishDrain(entry.server, this.#drainDeps);
    }
    entry.running = undefined;
    const { state, phaseMs } = entry;
    return pollDelay({ ...config, state, phaseMs, startedAt: run.startedAt, now: now(), random: random() });
  }

  async #poll(entry: ServerEntry, run: PollRun): Promise<'good' | 'dropped' | Error> {
    const { client, now, config, onPoll } = this.#options;
    const { definition } = entry.server;
    const { signal } = run.controller;
    const attempt = await attemptPoll(definition, { client, now, timeoutMs: config.timeoutMs, signal });
    // It left, was redefined or disabled meanwhile: the answer says nothing of what the pool now holds.
    if (this.#entries.get(definition.id) !== entry || signal.aborted) return 'dropped';
    const seconds = (now() - run.startedAt) / 1000;
    onPoll?.({ serverId: definition.id, seconds, outcome: attempt.outcome });
    if (attempt.error === undefined) entry.lastGood = run;
    this.#learn(entry, attempt.news);
    return attempt.error ?? 'good';
  }
}
