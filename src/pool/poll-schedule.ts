import type { SetTimer } from './timer.js';

export interface PollScheduleOptions {
  /** Scheduled polls under way at once; at least 1. */
  readonly concurrency: number;
  readonly now: () => number;
  readonly setTimer: SetTimer;
  /** Polls one server and resolves with the time until its next poll, ms. Must not reject. */
  readonly run: (serverId: string) => Promise<number>;
  /** True for servers likely to hang: together they take at most half of the places. */
  readonly isSuspect: (serverId: string) => boolean;
}

interface Task {
  readonly serverId: string;
  state: 'waiting' | 'queued' | 'running';
  dueAt: number;
  cancelTimer: (() => void) | undefined;
  /** A poll asked for while one was running follows it within this time. */
  soonMs: number | undefined;
  /** The poll under way, resolved once it has ended and the next is planned. */
  ended: Promise<void> | undefined;
}

/** When each server is polled: never twice at once, never more than `concurrency`; a poll on demand goes first. */
export class PollSchedule {
  readonly #options: PollScheduleOptions;
  readonly #tasks = new Map<string, Task>();
  readonly #queue = new Set<Task>();
  readonly #running = new Map<Promise<void>, { readonly isSuspect: boolean }>();
  #isStopped = false;

  constructor(options: PollScheduleOptions) {
    this.#options = options;
  }

  /** Polls that are due and wait for a place. */
  get queueLength(): number {
    return this.#queue.size;
  }

  /** Plans the first poll of a server; what was planned for it is replaced. */
  add(serverId: string, delayMs: number): void {
    this.remove(serverId);
    if (this.#isStopped) return;
    const task: Task = {
      serverId,
      state: 'waiting',
      dueAt: 0,
      cancelTimer: undefined,
      soonMs: undefined,
      ended: undefined,
    };
    this.#tasks.set(serverId, task);
    this.#wait(task, delayMs);
  }

  /** Plans no further poll; one under way is not touched. */
  remove(serverId: string): void {
    const task = this.#tasks.get(serverId);
    if (task === undefined) return;
    task.cancelTimer?.();
    this.#queue.delete(task);
    this.#tasks.delete(serverId);
  }

  /** The next poll starts within `delayMs`; after the one under way, when there is one. */
  bringForward(serverId: string, delayMs: number): void {
    const task = this.#tasks.get(serverId);
    if (task === undefined) return;
    if (task.state === 'running') task.soonMs = Math.min(delayMs, task.soonMs ?? delayMs);
    if (task.state === 'waiting' && task.dueAt > this.#options.now() + delayMs) this.#wait(task, delayMs);
  }

  /**
   * Starts a poll at once, beyond `concurrency`, unless one is under way: someone waits for it. Resolves at the end
   * of that poll; `undefined` when the server is not in the schedule.
   */
  runNow(serverId: string): Promise<void> | undefined {
    const task = this.#tasks.get(serverId);
    if (task !== undefined && task.state !== 'running') this.#run(task);
    return task?.ended;
  }

  /** Plans nothing more and resolves once the polls under way have ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const serverId of [...this.#tasks.keys()]) this.remove(serverId);
    await Promise.all(this.#running.keys());
  }

  #wait(task: Task, delayMs: number): void {
    task.cancelTimer?.();
    task.state = 'waiting';
    task.dueAt = this.#options.now() + delayMs;
    task.cancelTimer = this.#options.setTimer(() => {
      task.state = 'queued';
      this.#queue.add(task);
      this.#drainQueue();
    }, delayMs);
  }

  #drainQueue(): void {
    const { concurrency, isSuspect } = this.#options;
    const suspectPlaces = Math.max(1, Math.floor(concurrency / 2));
    let suspects = 0;
    for (const run of this.#running.values()) if (run.isSuspect) suspects += 1;
    for (const task of this.#queue) {
      if (this.#running.size >= concurrency) return;
      if (isSuspect(task.serverId)) {
        if (suspects >= suspectPlaces) continue;
        suspects += 1;
      }
      this.#run(task);
    }
  }

  #run(task: Task): void {
    task.cancelTimer?.();
    this.#queue.delete(task);
    task.state = 'running';
    task.soonMs = undefined;
    const isSuspect = this.#options.isSuspect(task.serverId);
    const ended: Promise<void> = this.#options.run(task.serverId).then((delayMs) => {
      this.#running.delete(ended);
      if (this.#tasks.get(task.serverId) === task) {
        this.#wait(task, Math.min(delayMs, task.soonMs ?? delayMs));
      }
      this.#drainQueue();
    });
    this.#running.set(ended, { isSuspect });
    task.ended = ended;
  }
}
