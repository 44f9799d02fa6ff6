import { createTask, validate } from 'node-cron';
import type { Logger } from '../log.js';

/** One row of the table of jobs: either an interval or a cron expression (local time, optional seconds field). */
export type Job = {
  readonly name: string;
  /** Throwing is logged and does not end the job; `signal` aborts when the runner stops. */
  readonly run: (signal: AbortSignal) => Promise<void> | void;
  /** The first run begins at once and not at its first time. */
  readonly runsAtStart?: boolean;
} & (
  | {
      readonly intervalMs: number;
      /** Share of the interval by which a wait may be shorter or longer, 0 to 1, so that replicas spread. */
      readonly jitter?: number;
      readonly cron?: undefined;
    }
  | { readonly cron: string; readonly intervalMs?: undefined }
);

/** A run of a job that has ended; `at` in ms since 1970. */
export interface JobRun {
  readonly job: string;
  readonly isOk: boolean;
  readonly seconds: number;
  readonly at: number;
}

/** Starts a timer; returns what cancels it. */
export type SetTimer = (run: () => void, ms: number) => () => void;

/** What the runner needs. */
export interface JobRunnerDeps {
  readonly jobs: readonly Job[];
  readonly logger: Logger;
  /** Told of each run that ended; not of one that failed while the runner was being stopped. */
  readonly onRun?: ((run: JobRun) => void) | undefined;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly setTimer?: SetTimer;
}

/** Runs the periodic jobs: none overlaps itself, a failure is logged and the next round goes on. */
export class JobRunner {
  readonly #deps: JobRunnerDeps;
  readonly #abort = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  readonly #cancels = new Map<string, () => void>();
  readonly #failing = new Set<string>();

  /** Throws on a repeated name, an interval that is not positive, or a cron expression that cannot be read. */
  constructor(deps: JobRunnerDeps) {
    const names = new Set<string>();
    for (const job of deps.jobs) {
      if (names.has(job.name)) throw new Error(`two jobs are called ${job.name}`);
      names.add(job.name);
      if (job.cron !== undefined && !validate(job.cron)) {
        throw new Error(`job ${job.name}: "${job.cron}" is no cron expression`);
      }
      if (job.intervalMs !== undefined && !(job.intervalMs > 0)) {
        throw new Error(`job ${job.name}: the interval must be positive`);
      }
    }
    this.#deps = deps;
  }

  start(): void {
    for (const job of this.#deps.jobs) {
      if (job.cron !== undefined) {
        this.#startCron(job, job.cron);
        if (job.runsAtStart === true) void this.#run(job);
      } else if (job.runsAtStart === true) void this.#round(job);
      else this.#scheduleNext(job);
    }
  }

  /** By job: the longest time between two of its runs as planned, in seconds. */
  get intervals(): ReadonlyMap<string, number> {
    return new Map(this.#deps.jobs.map((job) => [job.name, plannedSeconds(job)]));
  }

  /** Runs a job now, out of turn; joins the run under way if there is one. */
  async runNow(name: string): Promise<void> {
    const job = this.#deps.jobs.find((candidate) => candidate.name === name);
    if (job === undefined) throw new Error(`there is no job ${name}`);
    await this.#run(job);
  }

  /** Starts nothing more, aborts and waits for what is under way. */
  async stop(): Promise<void> {
    this.#abort.abort();
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
    await Promise.all(this.#running.values());
  }

  #startCron(job: Job, expression: string): void {
    const task = createTask(expression, () => this.#run(job), {
      name: job.name,
      noOverlap: true,
      unref: true,
    });
    this.#cancels.set(job.name, () => void task.destroy());
    void task.start();
  }

  #scheduleNext(job: Job): void {
    if (this.#abort.signal.aborted || job.intervalMs === undefined) return;
    const spread = (job.jitter ?? 0) * ((this.#deps.random ?? Math.random)() * 2 - 1);
    const cancel = (this.#deps.setTimer ?? setUnrefTimer)(
      () => {
        void this.#round(job);
      },
      job.intervalMs * (1 + spread),
    );
    this.#cancels.set(job.name, cancel);
  }

  /** The wait begins when a run ends, so a slow job cannot overlap itself. */
  async #round(job: Job): Promise<void> {
    await this.#run(job);
    this.#scheduleNext(job);
  }

  #run(job: Job): Promise<void> {
    const underWay = this.#running.get(job.name);
    if (underWay !== undefined) return underWay;
    if (this.#abort.signal.aborted) return Promise.resolve();
    const run = this.#attempt(job).finally(() => this.#running.delete(job.name));
    this.#running.set(job.name, run);
    return run;
  }

  async #attempt(job: Job): Promise<void> {
    const { logger } = this.#deps;
    const startedAt = performance.now();
    try {
      await job.run(this.#abort.signal);
      if (this.#failing.delete(job.name)) logger.info('job succeeds again', { job: job.name });
      this.#tell(job, true, startedAt);
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      // The first failure is news, the following ones are the same news.
      if (this.#failing.has(job.name)) logger.debug('job failed again', { job: job.name, error });
      else logger.warn('job failed', { job: job.name, error });
      this.#failing.add(job.name);
      this.#tell(job, false, startedAt);
    }
  }

  #tell({ name }: Job, isOk: boolean, startedAt: number): void {
    const { onRun, now = Date.now } = this.#deps;
    onRun?.({ job: name, isOk, seconds: (performance.now() - startedAt) / 1000, at: now() });
  }
}

/** Runs looked ahead: a week of a daily job, so that a change of the clocks or a quiet weekend counts. */
const LOOK_AHEAD = 8;

function plannedSeconds({ cron, intervalMs, ...job }: Job): number {
  if (cron === undefined) return (intervalMs * (1 + ('jitter' in job ? (job.jitter ?? 0) : 0))) / 1000;
  const task = createTask(cron, () => undefined);
  const runs = task.getNextRuns(LOOK_AHEAD).map((run) => run.getTime());
  void task.destroy();
  return Math.max(...runs.slice(1).map((at, index) => at - (runs[index] ?? at))) / 1000;
}

function setUnrefTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => {
    clearTimeout(timer);
  };
}
