import { expect } from 'chai';
import fc from 'fast-check';
import { parseByteSize } from '../../src/config/byte-size.js';
import { formatDuration, parseDuration } from '../../src/config/duration.js';

describe('parseDuration', () => {
  const cases = {
    '500ms': 500,
    '10s': 10_000,
    '1.5m': 90_000,
    '1h': 3_600_000,
    '1d': 86_400_000,
    ' 2 s ': 2000,
  };
  for (const [text, ms] of Object.entries(cases)) {
    it(`reads "${text}"`, () => {
      expect(parseDuration(text)).to.equal(ms);
    });
  }

  for (const text of ['', '10', 's', '-1s', '1e3s', '10 minutes', '1s 2s', '∞', '9'.repeat(400) + 'd']) {
    it(`refuses "${text.slice(0, 20)}"`, () => {
      expect(parseDuration(text)).to.equal(undefined);
    });
  }

  it('reads back whatever formatDuration writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).to.equal(ms);
      }),
    );
  });
});

describe('parseByteSize', () => {
  const cases = {
    '64MiB': 64 * 2 ** 20,
    '500 kB': 500_000,
    '4096': 4096,
    '1gib': 2 ** 30,
    '0.5KiB': 512,
    '7b': 7,
  };
  for (const [text, bytes] of Object.entries(cases)) {
    it(`reads "${text}"`, () => {
      expect(parseByteSize(text)).to.equal(bytes);
    });
  }

  for (const text of ['', 'MiB', '-1', '1TB', '1 000', '9'.repeat(30)]) {
    it(`refuses "${text}"`, () => {
      expect(parseByteSize(text)).to.equal(undefined);
    });
  }
});
