import { rmSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'chai';
import { CallbackOutbox } from '../../src/callbacks/outbox.js';
import { silentLogger } from '../../src/log.js';
import { openStore } from '../../src/store/open-store.js';
import { newCallback } from '../support/callback-rig.js';
import { makeFolder } from './open-test-store.js';

describe('a lane whose first callback was taken away by somebody else', () => {
  it('goes on at the next start', async () => {
    const folder = makeFolder();
    const file = join(folder, 'ballast.db');
    const store = await openStore(`sqlite:${file}`, { logger: silentLogger });
    try {
      const load = () =>
        CallbackOutbox.load({ store: store.callbacks, onOutcome: () => undefined, now: () => 1_000 });
      const outbox = await load();
      await outbox.addAll(['a', 'b', 'c'].map((key) => newCallback({ key, lane: 'room' })));
      const other = new BetterSqlite3(file);
      other.exec("delete from callbacks where key = 'a'");
      other.close();
      expect(await outbox.due('https://front.example', 9)).to.deep.equal([]);
      const again = await load();
      const due = await again.due('https://front.example', 9);
      expect(due).to.have.length(1);
      expect((await again.find(due[0]?.id ?? ''))?.key).to.equal('b');
      expect(again.pendingCount).to.equal(2);
    } finally {
      await store.close();
      rmSync(folder, { recursive: true });
    }
  });
});
