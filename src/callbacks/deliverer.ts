import { setMaxListeners } from 'node:events';
import type { Logger } from '../log.js';
import type { OutgoingCallback } from './callback.js';
import { deliverCallback, type DeliveryDeps } from './deliver-callback.js';
import { FailureLog } from './failure-log.js';
import { noteVerdict, type VerdictDeps } from './note-verdict.js';
import type { CallbackOutbox } from './outbox.js';
import { TargetQueue } from './target-queue.js';
import { type SetTimer, unrefTimer } from './unref-timer.js';

/** Attempts under way at one target, and in all. */
export const PER_TARGET = 4;
const IN_ALL = 64;
/** So many of them may be at targets whose last attempt failed: the others always find a place. */
const AT_FAILING = IN_ALL / 2;
/** Reads under way: thousands of targets at a start must not keep others waiting for the store. */
const READS = 16;
/** What is due later than this is looked at again before: timers of weeks overflow, and clocks are set. */
const LONGEST_WAIT_MS = 3_600_000;
/** Before a store that failed is asked again. */
const STORE_PAUSE_MS = 5_000;
/** Attempts under way may end by themselves for so long when Ballast stops. */
const STOP_GRACE_MS = 5_000;

export interface DelivererDeps extends DeliveryDeps {
  readonly outbox: Pick<
    CallbackOutbox,
    'onDue' | 'dueTargets' | 'due' | 'find' | 'end' | 'postpone' | 'superseded'
  >;
  /** Told of each callback that was delivered or given up. */
  readonly onEnd?: VerdictDeps['onEnd'];
  readonly random: () => number;
  readonly logger: Logger;
  readonly setTimer?: SetTimer;
}

/**
 * Delivers what is in the outbox when it is due: few at once to each target, so that one which hangs delays nobody else,
 * and from rows read a few at a time, so that memory does not grow with what waits.
 */
export class Deliverer {
  readonly #deps: DelivererDeps;
  readonly #failures: FailureLog;
  readonly #targets = new Map<string, TargetQueue>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #active = 0;
  #reading = 0;
  #activeAtFailing = 0;
  #isPumpSet = false;
  #isStopped = false;
  #isStoreFailing = false;
  #cancelTimer: () => void = () => undefined;

  constructor(deps: DelivererDeps) {
    this.#deps = deps;
    this.#failures = new FailureLog(deps.logger);
    // Each attempt under way listens.
    setMaxListeners(IN_ALL * 2, this.#abort.signal);
  }

  /** Begins with what is pending. */
  start(): void {
    this.#deps.outbox.onDue(({ origin, dueAt }) => {
      this.#target(origin).noteDue(dueAt);
      this.#pumpSoon();
    });
    this.#track(this.#findTargets());
  }

  /** Starts nothing more; what is under way ends, after some seconds by force, and is delivered again at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer();
    const timer = setTimeout(() => {
      this.#abort.abort();
    }, STOP_GRACE_MS);
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
    clearTimeout(timer);
  }

  async #findTargets(): Promise<void> {
    try {
      for await (const portion of this.#deps.outbox.dueTargets()) {
        for (const { origin, dueAt } of portion) this.#target(origin).noteDue(dueAt);
        this.#pumpSoon();
      }
    } catch (error) {
      this.#storeFailed(error);
      this.#setTimer(() => {
        if (!this.#isStopped) this.#track(this.#findTargets());
      }, STORE_PAUSE_MS);
    }
  }

  #target(origin: string): TargetQueue {
    const known = this.#targets.get(origin);
    if (known !== undefined) return known;
    const target = new TargetQueue(origin);
    this.#targets.set(origin, target);
    return target;
  }

  /** Once a turn of the event loop, however much has changed in it. */
  #pumpSoon(): void {
    if (this.#isPumpSet || this.#isStopped) return;
    this.#isPumpSet = true;
    setImmediate(() => {
      this.#isPumpSet = false;
      if (!this.#isStopped) this.#pump();
    });
  }

  /** Starts what may start, one of each target in turn. */
  #pump(): void {
    const now = this.#deps.now();
    let hasStarted: boolean;
    do {
      hasStarted = false;
      for (const target of [...this.#targets.values()]) {
        if (target.isEmpty) this.#targets.delete(target.origin);
        else if (this.#startOne(target, now)) hasStarted = true;
      }
    } while (hasStarted);
    this.#wakeLater(now);
  }

  #startOne(target: TargetQueue, now: number): boolean {
    if (!this.#hasPlace(target)) return false;
    if (target.needsReading) {
      if (target.heldUntil <= now && this.#reading < READS) this.#track(this.#read(target));
      return false;
    }
    const next = target.take(now);
    if (next === undefined) return false;
    // Behind the others: all have their turn before it has the next.
    this.#targets.delete(target.origin);
    this.#targets.set(target.origin, target);
    this.#track(this.#attempt(target, next.id));
    return true;
  }

  #hasPlace(target: TargetQueue): boolean {
    if (this.#active >= IN_ALL) return false;
    if (target.isFailing) return target.activeCount < 1 && this.#activeAtFailing < AT_FAILING;
    return target.activeCount < PER_TARGET;
  }

  #wakeLater(now: number): void {
    this.#cancelTimer();
    let next = Infinity;
    for (const target of this.#targets.values()) {
      const { nextAt } = target;
      // What is due and waits for a place is looked at when one gets free.
      if (nextAt !== undefined && nextAt > now) next = Math.min(next, nextAt);
    }
    if (next === Infinity) return;
    this.#cancelTimer = this.#setTimer(
      () => {
        this.#pumpSoon();
      },
      Math.min(next - now, LONGEST_WAIT_MS),
    );
  }

  async #read(target: TargetQueue): Promise<void> {
    this.#reading += 1;
    try {
      await target.readAhead((limit) => this.#deps.outbox.due(target.origin, limit));
      this.#storeAnswered();
    } catch (error) {
      target.heldUntil = this.#deps.now() + STORE_PAUSE_MS;
      this.#storeFailed(error);
    } finally {
      this.#reading -= 1;
    }
    this.#pumpSoon();
  }

  async #attempt(target: TargetQueue, id: string): Promise<void> {
    const wasFailing = target.isFailing;
    this.#active += 1;
    if (wasFailing) this.#activeAtFailing += 1;
    let isLeft = true;
    try {
      const callback = await this.#deps.outbox.find(id);
      isLeft = callback?.state === 'pending' && (await this.#deliver(target, callback));
      this.#storeAnswered();
    } catch (error) {
      // Only the store throws here. What was delivered and could not be noted is delivered once more.
      target.heldUntil = this.#deps.now() + STORE_PAUSE_MS;
      this.#storeFailed(error);
    } finally {
      this.#active -= 1;
      if (wasFailing) this.#activeAtFailing -= 1;
      target.finished(id, isLeft);
      this.#pumpSoon();
    }
  }

  /** Resolves with whether the callback is still to be delivered. */
  async #deliver(target: TargetQueue, callback: OutgoingCallback): Promise<boolean> {
    const verdict = await deliverCallback(callback, this.#deps, this.#abort.signal);
    // Cut, or what is asked before a delivery was stopped already: no attempt.
    if (this.#isStopped && verdict.is === 'failed') return true;
    if (verdict.is !== 'failed') target.isFailing = false;
    else if (verdict.isTargets) target.isFailing = true;
    return await noteVerdict(callback, verdict, { ...this.#deps, failures: this.#failures });
  }

  #storeFailed(error: unknown): void {
    if (!this.#isStoreFailing) this.#deps.logger.error('callbacks wait for the store', { error });
    this.#isStoreFailing = true;
  }

  #storeAnswered(): void {
    if (this.#isStoreFailing) this.#deps.logger.info('the store takes callbacks again');
    this.#isStoreFailing = false;
  }

  #setTimer(run: () => void, ms: number): () => void {
    return (this.#deps.setTimer ?? unrefTimer)(run, ms);
  }

  #track(work: Promise<void>): void {
    const tracked = work.finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}
