import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { LoadTableKeeper } from '../../src/metrics/load-table-keeper.js';
import type { SampleSource } from '../../src/metrics/load-table.js';
import { RecordingLogger } from './recording-logger.js';

/** An engine that can be ended as by a crash, started again, and held still. */
export interface BreakableEngine {
  kill(): Promise<void>;
  restart(): Promise<void>;
  pause(): void;
  resume(): void;
}

const REFRESH_MS = 1_000;

/** What the keeper of the load table promises while its source's engine is ended, started again or hangs. */
export async function expectOutageIsSurvived(source: SampleSource, engine: BreakableEngine): Promise<void> {
  const logger = new RecordingLogger();
  const successes: number[] = [];
  const keeper = new LoadTableKeeper({
    source,
    keys: () => [{ serverId: 'bbb1', host: 'h1' }],
    refreshMs: REFRESH_MS,
    maxAgeMs: 120_000,
    now: Date.now,
    logger,
    onRefresh: (_, isUp) => {
      if (isUp) successes.push(performance.now());
    },
  });
  const until = async (what: string, isTrue: () => boolean, ms: number): Promise<void> => {
    const deadline = performance.now() + ms;
    while (!isTrue()) {
      if (performance.now() > deadline) throw new Error(`${what}: not within ${ms} ms`);
      await sleep(20);
    }
  };
  const comesBack = async (): Promise<void> => {
    const backAt = performance.now();
    // Two refreshes, and what a busy machine adds to a read.
    await until('an answer again', () => (successes.at(-1) ?? 0) > backAt, 2 * REFRESH_MS + 1_500);
  };
  keeper.start();
  try {
    await until('the first answer', () => keeper.isUp === true, 10_000);
    await engine.kill();
    await until('a failure after the end', () => keeper.isUp === false, 5_000);
    await engine.restart();
    await comesBack();
    engine.pause();
    await until('a failure while it hangs', () => keeper.isUp === false, 6_000);
    engine.resume();
    await comesBack();
    expect(logger.lines.filter((line) => line.startsWith('warn metrics source'))).to.have.length(2);
    expect(logger.lines.filter((line) => line.startsWith('info metrics source'))).to.have.length(2);
  } finally {
    engine.resume();
    await keeper.stop();
  }
}
