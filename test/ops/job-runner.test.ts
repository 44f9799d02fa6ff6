import { expect } from 'chai';
import { type Job, JobRunner, type JobRunnerDeps } from '../../src/ops/job-runner.js';
import { ManualClock, settle } from '../support/manual-clock.js';
import { RecordingLogger } from '../support/recording-logger.js';

function rig(jobs: readonly Job[], changes: Partial<JobRunnerDeps> = {}) {
  const clock = new ManualClock(1_700_000_000_000);
  const logger = new RecordingLogger();
  const successes: string[] = [];
  const runner = new JobRunner({
    jobs,
    logger,
    now: clock.now,
    random: () => 0.5,
    setTimer: clock.setTimer,
    onRun: ({ job, isOk, at }) => {
      if (isOk) successes.push(`${job} ${at - 1_700_000_000_000}`);
    },
    ...changes,
  });
  return { clock, logger, successes, runner };
}

describe('JobRunner', () => {
  it('runs each job at its interval and reports the successes', async () => {
    const { clock, successes, runner } = rig([
      { name: 'slow', intervalMs: 1000, run: () => undefined },
      { name: 'fast', intervalMs: 400, runsAtStart: true, run: () => undefined },
    ]);
    runner.start();
    await clock.advance(1000);
    expect(successes).to.deep.equal(['fast 0', 'fast 400', 'fast 800', 'slow 1000']);
    await runner.stop();
  });

  it('never overlaps a job with itself', async () => {
    let running = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const { clock, runner } = rig([
      {
        name: 'long',
        intervalMs: 100,
        run: () => {
          most = Math.max(most, ++running);
          return new Promise((resolve) => {
            ends.push(() => {
              running--;
              resolve();
            });
          });
        },
      },
    ]);
    runner.start();
    await clock.advance(1000);
    const joined = runner.runNow('long');
    expect(ends).to.have.length(1);
    ends[0]?.();
    await joined;
    await clock.advance(100);
    expect(ends).to.have.length(2);
    expect(most).to.equal(1);
    ends[1]?.();
    await runner.stop();
  });

  it('logs the first failure and the recovery, and goes on in between', async () => {
    let round = 0;
    const { clock, logger, successes, runner } = rig([
      {
        name: 'shaky',
        intervalMs: 100,
        run: () => {
          if (++round <= 3) throw new Error('no');
        },
      },
    ]);
    runner.start();
    await clock.advance(400);
    expect(logger.lines).to.deep.equal([
      'warn job failed',
      'debug job failed again',
      'debug job failed again',
      'info job succeeds again',
    ]);
    expect(successes).to.deep.equal(['shaky 400']);
    await runner.stop();
  });

  it('spreads by its jitter', async () => {
    const draws = [1, 0];
    const { clock, successes, runner } = rig(
      [{ name: 'j', intervalMs: 1000, jitter: 0.2, run: () => undefined }],
      {
        random: () => draws.shift() ?? 0.5,
      },
    );
    runner.start();
    await clock.advance(2000);
    expect(successes).to.deep.equal(['j 1200', 'j 2000']);
    await runner.stop();
  });

  it('aborts and waits for what is under way when stopped, and starts nothing more', async () => {
    let isDone = false;
    const { clock, logger, runner } = rig([
      {
        name: 'long',
        intervalMs: 100,
        run: (signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              setImmediate(() => {
                isDone = true;
                reject(new Error('aborted'));
              });
            });
          }),
      },
    ]);
    runner.start();
    await clock.advance(100);
    await runner.stop();
    expect(isDone).to.equal(true);
    expect(logger.lines).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
    await runner.runNow('long');
    await settle();
    expect(clock.pending).to.equal(0);
  });

  it('runs cron jobs and stops them', async () => {
    let ran: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (ran = resolve));
    const { successes, runner } = rig([
      {
        name: 'each-second',
        cron: '* * * * * *',
        run: () => {
          ran();
        },
      },
    ]);
    runner.start();
    await first;
    await settle();
    expect(successes).to.have.length(1);
    await runner.stop();
  });

  it('runs a cron job at start as well where the table says so', async () => {
    let runs = 0;
    const run = (): void => {
      runs += 1;
    };
    const { successes, runner } = rig([{ name: 'nightly', cron: '0 3 1 1 *', runsAtStart: true, run }]);
    runner.start();
    await settle();
    expect([runs, successes.length]).to.deep.equal([1, 1]);
    await runner.stop();
  });

  it('tells of each run that ended, how long it took, and of none that was cut by its stop', async () => {
    const runs: string[] = [];
    let fails = true;
    const { runner } = rig(
      [
        {
          name: 'sometimes',
          intervalMs: 100,
          run: (signal) => {
            if (fails) throw new Error('not now');
            return new Promise((resolve, reject) => {
              signal.addEventListener('abort', () => {
                reject(new Error('cut'));
              });
              setImmediate(resolve);
            });
          },
        },
      ],
      {
        onRun: ({ job, isOk, seconds }) => {
          expect(seconds).to.be.within(0, 5);
          runs.push(`${job} ${isOk ? 'ok' : 'failed'}`);
        },
      },
    );
    await runner.runNow('sometimes');
    fails = false;
    await runner.runNow('sometimes');
    const cut = runner.runNow('sometimes');
    await runner.stop();
    await cut;
    expect(runs).to.deep.equal(['sometimes failed', 'sometimes ok']);
  });

  it('knows how long each job may be away as planned', () => {
    const run = (): void => undefined;
    const { runner } = rig([
      { name: 'even', intervalMs: 5_000, run },
      { name: 'spread', intervalMs: 10_000, jitter: 0.2, run },
      { name: 'each minute', cron: '* * * * *', run },
      { name: 'twice an hour, unevenly', cron: '10,30 * * * *', run },
    ]);
    expect(Object.fromEntries(runner.intervals)).to.deep.equal({
      even: 5,
      spread: 12,
      'each minute': 60,
      'twice an hour, unevenly': 2_400,
    });
  });

  it('refuses a table that cannot be run', () => {
    const run = (): void => undefined;
    expect(() => rig([{ name: 'a', cron: 'every day', run }])).to.throw(
      'job a: "every day" is no cron expression',
    );
    expect(() => rig([{ name: 'a', intervalMs: 0, run }])).to.throw('job a: the interval must be positive');
    const twice: Job = { name: 'a', intervalMs: 1, run };
    expect(() => rig([twice, twice])).to.throw('two jobs are called a');
  });
});
