import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { PlaybackKeys, type PlaybackGrant } from '../../../src/recordings/archive/playback-keys.js';

const GRANT: PlaybackGrant = { purpose: 'link', tenantId: 'school', recordId: 'id', format: 'video' };

describe('PlaybackKeys', () => {
  let now = 1_700_000_000_000;
  const keys = new PlaybackKeys(randomBytes(32), () => now);

  it('opens what it was made for until it expires', () => {
    const token = keys.sign(GRANT, 60_000);
    expect(keys.isValid(token, GRANT)).to.equal(true);
    now += 59_000;
    expect(keys.isValid(token, GRANT)).to.equal(true);
    now += 1_000;
    expect(keys.isValid(token, GRANT)).to.equal(false);
  });

  it('opens nothing else, and no other key makes it', () => {
    const token = keys.sign(GRANT, 60_000);
    for (const [part, other] of Object.entries({
      purpose: 'cookie',
      tenantId: 'x',
      recordId: 'y',
      format: 'z',
    })) {
      expect(keys.isValid(token, { ...GRANT, [part]: other }), part).to.equal(false);
    }
    expect(new PlaybackKeys(randomBytes(32), () => now).isValid(token, GRANT)).to.equal(false);
    expect(keys.isValid(undefined, GRANT)).to.equal(false);
  });

  it('refuses every token that was changed', () => {
    const token = keys.sign(GRANT, 60_000);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ maxLength: 3 }), (at, text) => {
        const changed = token.slice(0, at) + text + token.slice(at + 1);
        // The last character of 43 holds only four bits: others may stand for the same bytes, but are compared as text.
        expect(keys.isValid(changed, GRANT)).to.equal(changed === token);
      }),
    );
  });
});
