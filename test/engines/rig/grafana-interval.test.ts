import { expect } from 'chai';
import { interpolate } from './grafana-dashboard.js';
import { parseInterval, roundInterval, stepsOf, writeInterval } from './grafana-interval.js';

const NOW = Date.UTC(2026, 2, 2, 8, 5, 7, 300);
const hours = (count: number): number => count * 3_600_000;

describe("Grafana's rules for steps", () => {
  it('make the step even: range over points', () => {
    const table: readonly (readonly [ms: number, step: number])[] = [
      [9, 1],
      [1_499, 1_000],
      [1_500, 2_000],
      [7_200, 5_000],
      [30_000, 30_000],
      [100_000, 120_000],
      [86_399_999, 43_200_000],
      [86_400_000, 86_400_000],
    ];
    for (const [ms, step] of table) expect(roundInterval(ms), String(ms)).to.equal(step);
  });

  it('keep it at the scrape interval or above, and take rates over four scrapes at least', () => {
    const window = { to: NOW, maxDataPoints: 600, scrapeMs: 15_000 };
    expect(stepsOf({ ...window, from: NOW - hours(1) })).to.include({
      stepMs: 15_000,
      rateIntervalMs: 60_000,
    });
    expect(stepsOf({ ...window, from: NOW - hours(24) })).to.include({
      stepMs: 120_000,
      rateIntervalMs: 135_000,
    });
  });

  it("take a query's own minimum for the scrape interval", () => {
    const steps = stepsOf({
      from: NOW - hours(1),
      to: NOW,
      maxDataPoints: 3_600,
      scrapeMs: 1_000,
      minInterval: '10s',
    });
    expect(steps).to.include({ stepMs: 10_000, rateIntervalMs: 40_000 });
  });

  it('floor both ends to the step', () => {
    const { start, end, stepMs } = stepsOf({
      from: NOW - hours(3),
      to: NOW,
      maxDataPoints: 600,
      scrapeMs: 15_000,
    });
    expect(stepMs).to.equal(20_000);
    expect(start % stepMs).to.equal(0);
    expect(NOW - end).to.be.within(0, stepMs - 1);
    expect(NOW - hours(3) - start).to.be.within(0, stepMs - 1);
  });

  it('read and write intervals as Grafana does', () => {
    expect(parseInterval('15s')).to.equal(15_000);
    expect(parseInterval('>1m')).to.equal(60_000);
    expect(() => parseInterval('often')).to.throw('"often" is no interval of Grafana');
    expect(writeInterval(120_000)).to.equal('120s');
    expect(writeInterval(500)).to.equal('500ms');
  });
});

describe("Grafana's variables", () => {
  it('are found bare, in braces and with a format; what has no value stays', () => {
    const values = { server: 'bbb1', __interval: '15s' };
    expect(interpolate('a{server=~"$server"}[$__interval] ${server:regex} $other', values)).to.equal(
      'a{server=~"bbb1"}[15s] bbb1 $other',
    );
  });
});
