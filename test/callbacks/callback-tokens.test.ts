import { expect } from 'chai';
import fc from 'fast-check';
import { CallbackTokens } from '../../src/callbacks/callback-tokens.js';

describe('CallbackTokens', () => {
  const tokens = new CallbackTokens(Buffer.alloc(32, 7));

  it('makes tokens of 32 characters that name their ID to nobody else', () => {
    const id = tokens.newId();
    const token = tokens.tokenOf(id);
    expect(token).to.match(/^[A-Za-z0-9_-]{32}$/);
    expect(tokens.idOf(token)).to.equal(id);
    expect(new CallbackTokens(Buffer.alloc(32, 8)).idOf(token)).to.equal(undefined);
  });

  it('knows no token that differs in any character', () => {
    const token = tokens.tokenOf(tokens.newId());
    fc.assert(
      fc.property(fc.nat(31), fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '_', '-'), (at, char) => {
        const other = token.slice(0, at) + char + token.slice(at + 1);
        return other === token || tokens.idOf(other) === undefined;
      }),
    );
  });

  it('knows no other text', () => {
    for (const text of ['', 'a', `${tokens.tokenOf(tokens.newId())}x`, 'ü'.repeat(32), '/'.repeat(32)]) {
      expect(tokens.idOf(text)).to.equal(undefined);
    }
  });
});
