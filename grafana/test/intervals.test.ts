import { expect } from 'chai';
import { roundInterval } from '../../test/engines/rig/grafana-interval.js';
import { loadGrafanaData } from '../src/checks/registries.js';

describe("the steps that the proof on running engines takes for Grafana's", () => {
  it('are those of @grafana/data, from milliseconds to years', () => {
    const { rangeUtil } = loadGrafanaData();
    for (let ms = 1; ms < 50 * 86_400_000; ms = Math.ceil(ms * 1.01)) {
      expect(roundInterval(ms), String(ms)).to.equal(rangeUtil.roundInterval(ms));
    }
  });
});
