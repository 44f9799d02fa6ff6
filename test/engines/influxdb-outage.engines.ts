import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { PlacementsAnswer } from '../../src/admin/views.js';
import { HostReporter } from '../../src/sim/host-reporter.js';
import { until } from '../support/app-rig.js';
import { callBbb } from '../support/sim-client.js';
import type { RunningBallast } from '../system/running-ballast.js';
import { SystemRig } from '../system/system-rig.js';
import { CreateLoad, type LoadedCreate, quantile } from './rig/create-load.js';
import { type Influxdb2, startInfluxdb2 } from './rig/influxdb2.js';

/** Enough that none comes near its ceilings by the creates alone. */
const SERVERS = 20;
const PER_SECOND = 50;
const MAX_AGE_MS = 4_000;
/** What the contract allows `metrics_source_up` to lag, at a refresh of 1 s. */
const NOTICED_WITHIN_MS = 15_000;
/** No create may take longer: that is when the first server tried is given up, and what a busy machine may cost. */
const LONGEST_MS = 2_000;
/** Decisions read of each phase. */
const LOOKED_AT = 40;
const FAILS = 'metrics source fails; samples age, then placement goes by attendees';
const ANSWERS = 'metrics source answers again';

type Decision = PlacementsAnswer['placements'][number]['decision'];

describe('system: an InfluxDB that goes away while meetings are created', function () {
  this.timeout(120_000);
  let rig: SystemRig;
  let influxdb: Influxdb2;
  let reporter: HostReporter;
  let ballast: RunningBallast;

  beforeEach(async () => {
    rig = new SystemRig({ isFromSource: true });
    influxdb = await startInfluxdb2({ token: rig.secret('influxdb') });
    const { url, token, org, bucket } = influxdb;
    const sims = await rig.addSims(SERVERS);
    // Unequal from the start, so that going by people is something else than taking turns.
    for (const [at, sim] of sims.entries()) {
      await callBbb(sim, 'create', `meetingID=standing-${sim.id}&name=Standing`);
      for (const meeting of sim.meetings.list()) sim.meetings.setAttendees(meeting, 5 * at);
    }
    reporter = new HostReporter({ servers: sims, url, token, org, bucket, intervalMs: 1_000 });
    reporter.start();
    ballast = await rig.serve({
      settings: {
        metrics: {
          source: 'influxdb',
          window: '5s',
          refresh: '1s',
          maxAge: `${MAX_AGE_MS}ms`,
          influxdb: { url, token, org, bucket },
        },
      },
    });
    await untilSamples('known');
  });
  afterEach(async () => {
    await reporter.stop();
    await rig.stop();
    await influxdb.stop();
  });

  for (const [name, leave, comeBack] of [
    ['is killed', () => influxdb.kill(), () => influxdb.restart()],
    [
      'hangs',
      () => influxdb.pause(),
      () => {
        influxdb.resume();
      },
    ],
  ] as const) {
    it(`loses no create and delays none when it ${name}, says so once, and recovers`, async () => {
      const load = new CreateLoad(ballast, PER_SECOND);
      await untilCreated(load, 3 * PER_SECOND);
      const leftAt = Date.now();
      await leave();
      await untilSourceUp(0);
      const missedMs = Date.now() - leftAt;
      await untilSamples('unknown');
      const blindFrom = Date.now();
      await untilCreated(load, load.done.length + 3 * PER_SECOND);
      const blindUntil = Date.now();
      await comeBack();
      const backAt = Date.now();
      await untilSourceUp(1);
      const noticedMs = Date.now() - backAt;
      await untilSamples('known');
      const seeingFrom = Date.now();
      await untilCreated(load, load.done.length + 2 * PER_SECOND);
      const seeingUntil = Date.now();
      const creates = await load.stop();

      expect(creates.flatMap(({ failure }) => failure ?? [])).to.deep.equal([]);
      expectUsualTimes(
        creates.filter(({ at }) => at < leftAt),
        creates.filter(({ at }) => at >= leftAt && at < backAt),
      );
      expect(Math.max(missedMs, noticedMs)).to.be.below(NOTICED_WITHIN_MS);
      const seeing = await decisionsOn(sentAndAnswered(creates, 0, leftAt));
      expect(reasonsOf(seeing)).to.deep.equal(['lowest-load']);
      const blind = await decisionsOn(sentAndAnswered(creates, blindFrom, blindUntil));
      expect(reasonsOf(blind)).to.deep.equal(['unknown-load']);
      for (const decision of blind) expectFewestPeople(decision);
      const seeingAgain = await decisionsOn(sentAndAnswered(creates, seeingFrom, seeingUntil));
      expect(reasonsOf(seeingAgain)).to.deep.equal(['lowest-load']);
      const fails = ballast.process.logged(FAILS);
      expect(fails.map(({ level, source }) => [level, source])).to.deep.equal([['warn', 'influxdb']]);
      expect(ballast.process.logged(ANSWERS)).to.have.length(1);
    });
  }

  async function untilSourceUp(value: 0 | 1): Promise<void> {
    const line = new RegExp(`^ballast_metrics_source_up ${value}$`, 'm');
    await seldom(`ballast_metrics_source_up ${value}`, async () => line.test(await ballast.metrics()));
  }

  async function untilSamples(state: 'known' | 'unknown'): Promise<void> {
    const isUnknown = state === 'unknown';
    await seldom(`load of ${state} servers`, async () =>
      (await ballast.servers()).every(({ cpu }) => (cpu === undefined) === isUnknown),
    );
  }

  /** Asks four times a second: asking is load as well, and the usual times were taken without. */
  async function seldom(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + NOTICED_WITHIN_MS + MAX_AGE_MS;
    while (!(await holds())) {
      if (Date.now() > deadline) expect.fail(`no ${what} in time: ${ballast.process.output.slice(-2_000)}`);
      await sleep(250);
    }
  }

  async function untilCreated(load: CreateLoad, count: number): Promise<void> {
    await until(`${count} creates`, () => load.done.length >= count, 30_000);
  }

  /** The decisions on some of those creates; asked for when all is over, since so many are a load as well. */
  async function decisionsOn(creates: readonly LoadedCreate[]): Promise<readonly Decision[]> {
    expect(creates.length).to.be.above(PER_SECOND);
    const step = Math.ceil(creates.length / LOOKED_AT);
    const some = creates.filter((_, at) => at % step === 0);
    const found: Decision[] = [];
    for (const { meetingId } of some) {
      const { text } = await ballast.adminRequest('GET', `placements?meetingId=${meetingId}`);
      found.push(...(JSON.parse(text) as PlacementsAnswer).placements.map(({ decision }) => decision));
    }
    expect(found).to.have.length(some.length);
    return found;
  }
});

/** Creates sent after the one moment and answered before the other. */
function sentAndAnswered(
  creates: readonly LoadedCreate[],
  from: number,
  to: number,
): readonly LoadedCreate[] {
  return creates.filter(({ at, tookMs }) => at > from && at + tookMs < to);
}

/** Each reason once. */
function reasonsOf(decisions: readonly Decision[]): readonly string[] {
  return [...new Set(decisions.map(({ reason }) => reason))];
}

/** Half of the creates take no longer than twice the usual time, and none longer than LONGEST_MS. */
function expectUsualTimes(usual: readonly LoadedCreate[], during: readonly LoadedCreate[]): void {
  expect(Math.min(usual.length, during.length)).to.be.above(2 * PER_SECOND);
  expect(quantile(during, 0.5)).to.be.below(2 * quantile(usual, 0.5) + 10);
  expect(quantile(during, 1)).to.be.below(LONGEST_MS);
}

/**
 * Nobody knows more of the servers than how many people are there and promised: the emptiest for its cores is taken, of those
 * that have not had their part of the newest meetings.
 */
function expectFewestPeople({ candidates, expectation }: Decision): void {
  const compared = candidates.filter(({ verdict }) => verdict !== 'burst-part-taken');
  const shares = compared.map(({ attendees, reservedAttendees = Number.NaN, cpuPerPerson = Number.NaN }) => {
    return cpuPerPerson * (attendees + reservedAttendees + (expectation?.attendees ?? Number.NaN));
  });
  const chosen = compared.findIndex(({ verdict }) => verdict === 'chosen');
  // Those within the tolerance are drawn by lot.
  expect(shares[chosen]).to.be.closeTo(Math.min(...shares), 0.0051);
}
