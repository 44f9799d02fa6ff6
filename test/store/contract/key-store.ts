import { expect } from 'chai';
import type { KeyStore } from '../../../src/callbacks/key-store.js';

/** What every store of keys does. */
export function describeKeyStore(open: () => { readonly keys: KeyStore }): void {
  describe('keys', () => {
    it('makes 32 random bytes for a name, once', async () => {
      const { keys } = open();
      const [first, again] = await Promise.all([keys.keyFor('links'), keys.keyFor('links')]);
      const other = await keys.keyFor('cookies');
      expect(first).to.have.length(32);
      expect(first.equals(again)).to.equal(true);
      expect(first.equals(other)).to.equal(false);
      expect(first.equals(await keys.keyFor('links'))).to.equal(true);
    });
  });
}
