import { expect } from 'chai';
import { IngestStore } from '../../src/metrics/ingest-store.js';
import { LoadTableKeeper, type LoadTableKeeperDeps } from '../../src/metrics/load-table-keeper.js';
import type { HostSample, LoadTable, SampleSource } from '../../src/metrics/load-table.js';
import { ManualClock } from '../support/manual-clock.js';
import { RecordingLogger } from '../support/recording-logger.js';

/** A source that answers what it is told to, after as long as it is told to. */
class ToldSource implements SampleSource {
  readonly name = 'told';
  reads = 0;
  mostAtOnce = 0;
  answer: () => Promise<LoadTable> = () => Promise.reject(new Error('nobody there'));
  #underWay = 0;

  async read(): Promise<LoadTable> {
    this.reads += 1;
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    try {
      return await this.answer();
    } finally {
      this.#underWay -= 1;
    }
  }
}

function table(sample: Partial<HostSample>): LoadTable {
  const whole = { cpu: 0.5, memory: 0.3, networkBytesPerSecond: 10, sampledAt: 0, ...sample };
  return { takenAt: 0, samples: new Map([['bbb1', whole]]) };
}

describe('LoadTableKeeper', () => {
  let clock: ManualClock;
  let logger: RecordingLogger;
  let source: ToldSource;
  let outcomes: boolean[];
  let keeper: LoadTableKeeper;

  function make(values: Partial<LoadTableKeeperDeps> = {}): LoadTableKeeper {
    return new LoadTableKeeper({
      source,
      keys: () => [{ serverId: 'bbb1', host: 'h1' }],
      refreshMs: 1_000,
      maxAgeMs: 120_000,
      now: clock.now,
      logger,
      random: () => 1,
      setTimer: clock.setTimer,
      onRefresh: (_, isUp) => outcomes.push(isUp),
      ...values,
    });
  }

  beforeEach(() => {
    clock = new ManualClock();
    logger = new RecordingLogger();
    source = new ToldSource();
    outcomes = [];
    keeper = make();
  });

  afterEach(() => keeper.stop());

  it('reads at once and then at each refresh', async () => {
    source.answer = async () => table({ sampledAt: clock.now() });
    keeper.start();
    await clock.advance(0);
    expect(keeper.isUp).to.equal(true);
    expect(keeper.sampleFor('bbb1')).to.deep.equal({
      cpu: 0.5,
      memory: 0.3,
      networkBytesPerSecond: 10,
      sampleAgeMs: 0,
    });
    await clock.advance(5_000);
    expect(source.reads).to.be.within(5, 7);
    expect(source.mostAtOnce).to.equal(1);
  });

  it('takes values beyond the maximum age as unknown, and still says how old they are', async () => {
    source.answer = async () => table({ sampledAt: clock.now() - 100_000 });
    await keeper.refresh();
    expect(keeper.sampleFor('bbb1').cpu).to.equal(0.5);
    expect(keeper.sampleFor('bbb1', clock.now() + 20_001)).to.deep.equal({
      cpu: undefined,
      memory: undefined,
      networkBytesPerSecond: undefined,
      sampleAgeMs: 120_001,
    });
    expect(keeper.sampleFor('nobody').sampleAgeMs).to.equal(undefined);
  });

  it('takes a host whose clock runs ahead as sampled now', async () => {
    source.answer = async () => table({ sampledAt: clock.now() + 30_000 });
    await keeper.refresh();
    expect(keeper.sampleFor('bbb1')).to.include({ cpu: 0.5, sampleAgeMs: 0 });
  });

  it('keeps the last table through an outage and logs its start and end once', async () => {
    source.answer = async () => table({ sampledAt: clock.now() });
    keeper.start();
    await clock.advance(0);
    source.answer = () => Promise.reject(new Error('connection refused'));
    await clock.advance(60_000);
    expect(keeper.isUp).to.equal(false);
    expect(keeper.sampleFor('bbb1').cpu).to.equal(0.5);
    expect(logger.lines).to.have.length(1);
    source.answer = async () => table({ sampledAt: clock.now() });
    await clock.advance(10_000);
    expect(keeper.isUp).to.equal(true);
    expect(logger.lines.map((line) => line.split(' ')[0])).to.deep.equal(['warn', 'info']);
    expect(outcomes.at(-1)).to.equal(true);
  });

  it('asks a failing source less often', async () => {
    keeper.start();
    await clock.advance(60_000);
    expect(source.reads).to.be.within(6, 15);
  });

  it('joins the read under way instead of starting another', async () => {
    let release: (value: LoadTable) => void = () => undefined;
    source.answer = () => new Promise((resolve) => (release = resolve));
    const both = [keeper.refresh(), keeper.refresh()];
    release(table({}));
    await Promise.all(both);
    expect(source.reads).to.equal(1);
  });

  it('gives up on a source that hangs', async () => {
    keeper = make({ timeoutMs: 20 });
    source.answer = () => new Promise(() => undefined);
    await keeper.refresh();
    expect(keeper.isUp).to.equal(false);
  });

  it('stops in the middle of a read, without a word of failure', async () => {
    source.answer = () => new Promise(() => undefined);
    keeper.start();
    await keeper.stop();
    expect(logger.lines).to.deep.equal([]);
    expect(clock.pending).to.equal(0);
    await keeper.refresh();
    expect(source.reads).to.equal(1);
  });

  it('knows nothing without a source', async () => {
    keeper = make({ source: undefined });
    keeper.start();
    await keeper.refresh();
    expect(keeper.isUp).to.equal(undefined);
    expect(keeper.sampleFor('bbb1').cpu).to.equal(undefined);
  });

  it('reads what is in memory on demand, at most once a second', async () => {
    const store = new IngestStore({ windowMs: 60_000, maxAgeMs: 120_000, now: clock.now });
    keeper = make({ source: store, refreshMs: 10_000 });
    const write = (idle: number): void => {
      const tags = new Map([
        ['cpu', 'cpu-total'],
        ['server', 'bbb1'],
      ]);
      const fields = new Map([['usage_idle', idle]]);
      store.write({ measurement: 'cpu', tags, fields, timestamp: undefined }, undefined);
    };
    expect(keeper.sampleFor('bbb1').cpu).to.equal(undefined);
    write(25);
    await clock.advance(500);
    expect(keeper.sampleFor('bbb1').cpu).to.equal(undefined);
    await clock.advance(500);
    expect(keeper.sampleFor('bbb1').cpu).to.equal(0.75);
  });
});
