import { expect } from 'chai';
import { IngestStore } from '../../src/metrics/ingest-store.js';
import { LoadTableKeeper, type LoadTableKeeperDeps } from '../../src/metrics/load-table-keeper.js';
import type { HostSample, LoadTable, SampleSource } from '../../src/metrics/load-table.js';
import { SourceError } from '../../src/metrics/source-error.js';
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
  const whole = { cpu: 0.5, memory: 0.3, networkBytesPerSecond: 10, sampledAt: 0, cpuCount: 8, ...sample };
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
      sampledAt: clock.now(),
      memoryAgeMs: 0,
      networkAgeMs: 0,
      cpuCount: 8,
      networkMbit: undefined,
    });
    await clock.advance(5_000);
    expect(source.reads).to.be.within(5, 7);
    expect(source.mostAtOnce).to.equal(1);
  });

  it('takes values beyond the maximum age as unknown, and still says how old they are', async () => {
    source.answer = async () => table({ sampledAt: clock.now() - 100_000 });
    await keeper.refresh();
    expect(keeper.sampleFor('bbb1').cpu).to.equal(0.5);
    expect(keeper.sampleFor('bbb1', clock.now() + 20_001)).to.include({
      cpu: undefined,
      memory: undefined,
      networkBytesPerSecond: undefined,
      sampleAgeMs: 120_001,
      cpuCount: 8,
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

  it('takes memory by its own age', async () => {
    const now = clock.now();
    source.answer = async () =>
      table({ sampledAt: now, memorySampledAt: now - 90_000, networkSampledAt: now });
    await keeper.refresh();
    const later = keeper.sampleFor('bbb1', now + 40_000);
    expect(later).to.include({
      cpu: 0.5,
      memory: undefined,
      networkBytesPerSecond: 10,
      memoryAgeMs: 130_000,
    });
  });

  it('asks a failing source less often, never further apart than two refreshes', async () => {
    keeper.start();
    await clock.advance(60_000);
    expect(source.reads).to.be.within(33, 50);
  });

  it('keeps the values of a host that fell silent until they are too old', async () => {
    const sampledAt = clock.now();
    source.answer = async () => table({ sampledAt });
    await keeper.refresh();
    source.answer = async () =>
      table({ sampledAt, cpu: undefined, memory: undefined, networkBytesPerSecond: undefined });
    await keeper.refresh();
    expect(keeper.sampleFor('bbb1')).to.include({ cpu: 0.5, memory: 0.3, networkBytesPerSecond: 10 });
    expect(keeper.sampleFor('bbb1', sampledAt + 120_001).cpu).to.equal(undefined);
    source.answer = async () => table({ sampledAt: sampledAt + 1, cpu: undefined });
    await keeper.refresh();
    expect(keeper.sampleFor('bbb1').cpu).to.equal(undefined);
  });

  it('logs another reason of an outage, and each fault when it begins and ends', async () => {
    source.answer = () => Promise.reject(new SourceError('unreachable', 'connection refused'));
    await keeper.refresh();
    await keeper.refresh();
    source.answer = () => Promise.reject(new SourceError('wrong-token', 'it refuses the token'));
    await keeper.refresh();
    const fault = { serverId: 'bbb1', kind: 'partial', message: 'no memory' } as const;
    source.answer = async () => ({ ...table({}), faults: [fault] });
    await keeper.refresh();
    await keeper.refresh();
    source.answer = async () => table({});
    await keeper.refresh();
    expect(logger.lines).to.deep.equal([
      'warn metrics source fails; samples age, then placement goes by attendees',
      'warn metrics source fails; samples age, then placement goes by attendees',
      'info metrics source answers again',
      'warn samples left out',
      'info samples are right again',
    ]);
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

  it('goes on after what follows a refresh has failed, and says so', async () => {
    keeper = make({
      onRefresh: () => {
        throw new Error('nobody learns');
      },
    });
    source.answer = async () => table({ sampledAt: clock.now() });
    keeper.start();
    await clock.advance(3_000);
    expect(source.reads).to.be.within(3, 5);
    expect(logger.lines[0]).to.match(/^error what follows a refresh/);
  });

  it('hands each read a signal of its own, that fires when it is given up', async () => {
    const signals: AbortSignal[] = [];
    keeper = make({
      timeoutMs: 20,
      source: {
        name: 'told',
        read: (_, signal) => {
          signals.push(signal);
          return signals.length === 1 ? new Promise(() => undefined) : Promise.resolve(table({}));
        },
      },
    });
    await keeper.refresh();
    await keeper.refresh();
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, false]);
    expect(logger.entries[0]?.fields).to.include({ reason: 'timeout' });
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
      store.write({ measurement: 'cpu', tags, fields, timeMs: undefined });
    };
    expect(keeper.sampleFor('bbb1').cpu).to.equal(undefined);
    write(25);
    await clock.advance(500);
    expect(keeper.sampleFor('bbb1').cpu).to.equal(undefined);
    await clock.advance(500);
    expect(keeper.sampleFor('bbb1').cpu).to.equal(0.75);
  });
});
