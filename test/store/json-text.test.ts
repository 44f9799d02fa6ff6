import { expect } from 'chai';
import * as fc from 'fast-check';
import { z } from 'zod';
import { decodeJson, encodeJson, numbersByName, optionalNumber, strings } from '../../src/store/json-text.js';
import { StoreError } from '../../src/store/store-error.js';

describe('JSON columns', () => {
  it('keep strings and optional numbers as they were', () => {
    const shape = z.object({ names: strings, value: optionalNumber });
    const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), value, (names, number) => {
        // JSON has one zero only.
        const stored = { names, value: Object.is(number, -0) ? 0 : number };
        expect(decodeJson(shape, encodeJson(stored), 'thing')).to.deep.equal(stored);
      }),
    );
  });

  it('keep what is no number unknown, never zero', () => {
    const shape = z.object({ value: optionalNumber });
    for (const value of [undefined, NaN, Infinity]) {
      expect(decodeJson(shape, encodeJson({ value }), 'thing')).to.deep.equal({ value: undefined });
    }
  });

  it('leave out limits that are absent, unknown or of another name', () => {
    const limits = numbersByName(['cpu', 'memory']);
    expect(decodeJson(limits, encodeJson({ cpu: undefined, memory: 0, disk: 1 }), 'thing')).to.deep.equal({
      memory: 0,
    });
  });

  it('name the row that cannot be read', () => {
    for (const text of ['', '{', '{}', '[1]', 'null']) {
      expect(() => decodeJson(strings, text, 'server bbb1')).to.throw(StoreError, 'server bbb1');
    }
  });
});
