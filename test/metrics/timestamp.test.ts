import { expect } from 'chai';
import fc from 'fast-check';
import { type Precision, timestampMs } from '../../src/metrics/timestamp.js';

const DIGITS: Readonly<Record<Precision, string>> = { ns: '000000', us: '000', ms: '', s: '' };

describe('timestampMs', () => {
  it('gives the very ms of any time of 64 bits, in every unit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -9_000_000_000_000, max: 9_000_000_000_000 }).filter((ms) => ms !== 0),
        fc.constantFrom<Precision>('ns', 'us', 'ms'),
        (ms, precision) => {
          expect(timestampMs(`${ms}${DIGITS[precision]}`, precision)).to.equal(ms);
        },
      ),
    );
    expect(timestampMs('1795274222610000000', 'ns')).to.equal(1_795_274_222_610);
    expect(timestampMs('1795274222', 's')).to.equal(1_795_274_222_000);
  });

  it('cuts off what is below a ms', () => {
    expect(timestampMs('1795274222609999999', 'ns')).to.equal(1_795_274_222_609);
    expect(timestampMs('1999', 'us')).to.equal(1);
    expect(timestampMs('-999999', 'ns')).to.equal(0);
    expect(timestampMs('5', 'ns')).to.equal(0);
  });

  for (const text of ['', '-', '+1', '1.5', '1e3', '0x1', '1 2', '12345678901234567890', '１']) {
    it(`takes "${text}" for no time`, () => {
      expect(timestampMs(text, 'ms')).to.equal(undefined);
    });
  }
});
