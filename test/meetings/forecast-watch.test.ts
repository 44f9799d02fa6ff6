import { expect } from 'chai';
import { ForecastWatch } from '../../src/meetings/forecast-watch.js';
import { ForecastLog } from '../../src/placement/learning/forecast-log.js';
import type { Candidate } from '../../src/placement/types.js';
import { candidate, silent } from '../support/candidates.js';

const LEAD_MS = 600_000;

describe('ForecastWatch', () => {
  let servers: readonly Candidate[];
  let now: number;
  let errors: number[];
  let watch: ForecastWatch;

  beforeEach(() => {
    [servers, now, errors] = [[], 1_000_000, []];
    watch = new ForecastWatch({
      placer: { candidates: () => servers },
      log: new ForecastLog(LEAD_MS, 10_000),
      onChecked: (error) => errors.push(error),
      now: () => now,
    });
  });

  it('compares what was forecast a lead ago with what is measured now', () => {
    // An idle server: nobody comes, and half of nothing stays.
    servers = [candidate('bbb1', { cpu: 0.02, idleCpu: 0.02, backgroundCpu: 0 })];
    watch.refreshed();
    expect(watch.of('bbb1')).to.equal(undefined);
    expect(errors).to.deep.equal([]);
    now += LEAD_MS;
    servers = [candidate('bbb1', { cpu: 0.3 })];
    watch.refreshed();
    expect(watch.of('bbb1')).to.be.closeTo(0.02, 1e-9);
    expect(errors).to.have.length(1);
    expect(errors[0]).to.be.closeTo(0.28, 1e-9);
  });

  it('forecasts the people who are still to come', () => {
    servers = [
      candidate('bbb1', {
        idleCpu: 0,
        backgroundCpu: 0,
        cpuPerPerson: 0.01,
        running: [{ expectedAttendees: 30 }],
      }),
    ];
    watch.refreshed();
    now += LEAD_MS;
    expect(watch.of('bbb1')).to.be.within(0.15, 0.3);
  });

  it('takes no more than a whole CPU for possible', () => {
    servers = [candidate('bbb1', { idleCpu: 0, backgroundCpu: 2 })];
    watch.refreshed();
    now += LEAD_MS;
    servers = [candidate('bbb1', { cpu: 1 })];
    watch.refreshed();
    expect(watch.of('bbb1')).to.be.greaterThan(1);
    expect(errors).to.deep.equal([0]);
  });

  it('forecasts and checks nothing while the CPU is unknown', () => {
    servers = [silent('bbb1'), candidate('bbb2')];
    watch.refreshed();
    now += LEAD_MS;
    servers = [candidate('bbb1'), silent('bbb2')];
    watch.refreshed();
    expect(watch.of('bbb1')).to.equal(undefined);
    expect(watch.of('bbb2')).not.to.equal(undefined);
    expect(errors).to.deep.equal([]);
    watch.forget('bbb2');
    expect(watch.of('bbb2')).to.equal(undefined);
  });
});
