import { expect } from 'chai';
import fc from 'fast-check';
import { editDistance, nearestName } from '../../src/config/nearest-name.js';

describe('nearestName', () => {
  const known = ['poll.interval', 'poll.timeout', 'listen', 'secrets'];

  it('finds the name a slip of the pen was meant to be', () => {
    expect(nearestName('poll.intervall', known)).to.equal('poll.interval');
    expect(nearestName('lisetn', known)).to.equal('listen');
    expect(nearestName('SECRETS', known)).to.equal('secrets');
  });

  it('offers nothing where no name is near', () => {
    expect(nearestName('frobnicate', known)).to.equal(undefined);
    expect(nearestName('x'.repeat(100_000), known)).to.equal(undefined);
  });

  it('measures a distance: zero only for equal texts, the same both ways, never more than the longer text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
        const distance = editDistance(a, b);
        expect(distance === 0).to.equal(a === b);
        expect(distance).to.equal(editDistance(b, a));
        expect(distance).to.be.at.most(Math.max(a.length, b.length));
      }),
    );
  });
});
