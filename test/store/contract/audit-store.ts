import { expect } from 'chai';
import type { AuditEntry, AuditStore } from '../../../src/admin/audit.js';

function entryOf(at: number, target: string): AuditEntry {
  return { at, actor: 'ops', action: 'server.cordon', target, detail: 'was enabled' };
}

/** What every AuditStore holds to; `store` is empty before each test. */
export function describeAuditStore(store: () => AuditStore): void {
  describe('AuditStore', () => {
    it('lists entries newest first, in order also within one millisecond', async () => {
      const entries = [entryOf(1, 'a'), entryOf(2, 'b'), entryOf(2, 'c'), entryOf(2, 'd'), entryOf(1, 'e')];
      for (const entry of entries) await store().record(entry);
      const targets = (await store().list(10)).map((entry) => entry.target);
      expect(targets).to.deep.equal(['d', 'c', 'b', 'e', 'a']);
    });

    it('returns entries whole and no more than asked for', async () => {
      await store().record(entryOf(1, 'a'));
      await store().record(entryOf(2, 'b'));
      expect(await store().list(1)).to.deep.equal([entryOf(2, 'b')]);
      expect(await store().list(0)).to.deep.equal([]);
    });
  });
}
