import { removeLeftBodies } from './api/left-bodies.js';
import type { ReceivedSide } from './app-received.js';
import type { CallbackOutbox } from './callbacks/outbox.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import { HISTORY_KEPT_MS, type MeetingLearning } from './meetings/meeting-learning.js';
import type { MeetingKeeper } from './meetings/meeting-keeper.js';
import { JobRunner, type Job } from './ops/job-runner.js';
import type { Metrics } from './ops/metrics.js';
import type { Store } from './store/open-store.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Decisions are asked about for days, not months. */
const PLACEMENTS_KEPT_MS = 14 * DAY_MS;

/** What a crash may cost of what was learnt about the servers. */
const SAVE_LEARNT_MS = 5 * 60_000;

export interface JobDeps {
  readonly store: Store;
  readonly learning: MeetingLearning;
  readonly outbox: Pick<CallbackOutbox, 'prune'>;
  readonly callbacks: Pick<ReceivedSide, 'sweep' | 'prune'>;
  readonly keeper: Pick<MeetingKeeper, 'giveUpLost'>;
  /** Jobs of other sides. */
  readonly more: readonly Job[];
  readonly metrics: Metrics;
  readonly now: () => number;
  readonly logger: Logger;
}

/** The table of periodic jobs, yet to be started, and what is told about them in the metrics. */
export function periodicJobs(
  config: Config,
  { store, learning, outbox, callbacks, keeper, more, metrics, now, logger }: JobDeps,
): JobRunner {
  const jobs = new JobRunner({
    jobs: [
      {
        name: 'prune-placements',
        intervalMs: DAY_MS / 4,
        runsAtStart: true,
        run: async () => {
          await store.placements.prunePlacements(now() - PLACEMENTS_KEPT_MS);
        },
      },
      {
        name: 'prune-history',
        cron: '17 3 * * *',
        runsAtStart: true,
        run: async () => {
          await store.history.pruneHistory(now() - HISTORY_KEPT_MS);
        },
      },
      {
        name: 'save-learnt',
        intervalMs: SAVE_LEARNT_MS,
        run: () => learning.save(),
      },
      {
        name: 'give-up-lost-meetings',
        intervalMs: MINUTE_MS,
        run: (signal) => keeper.giveUpLost(signal),
      },
      {
        name: 'prune-callbacks',
        intervalMs: HOUR_MS,
        runsAtStart: true,
        run: async () => {
          callbacks.sweep();
          await callbacks.prune();
          await outbox.prune();
        },
      },
      {
        name: 'remove-left-bodies',
        intervalMs: HOUR_MS,
        runsAtStart: true,
        run: () => removeLeftBodies(config.body.spoolDirectory, now()),
      },
      ...more,
    ],
    logger,
    onRun: (run) => {
      metrics.jobRan(run);
    },
  });
  for (const [job, seconds] of jobs.intervals) metrics.jobExpected(job, seconds, true);
  // Not run from this table, but told of in the same words.
  metrics.jobExpected('poll', config.poll.intervalMs / 1000, false);
  if (config.metrics.source !== 'none') {
    metrics.jobExpected('metrics-refresh', config.metrics.refreshMs / 1000, false);
  }
  return jobs;
}
