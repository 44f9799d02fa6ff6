import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../src/log.js';
import { openStore, type Store } from '../../src/store/open-store.js';

/** A store of its own for one test; `close` leaves nothing behind. */
export interface TestStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** How one implementation is opened. */
export type OpenTestStore = () => Promise<TestStore>;

/** A folder of its own; the caller removes it. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ballast-store-'));
}

/** The stores every contract runs on. */
export const implementations: Readonly<Record<string, OpenTestStore>> = {
  'a SQLite file': async () => {
    const folder = makeFolder();
    const store = await openStore(`sqlite:${join(folder, 'ballast.db')}`, { logger: silentLogger });
    return {
      store,
      close: async () => {
        await store.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
  'SQLite in memory': async () => {
    const store = await openStore('sqlite::memory:', { logger: silentLogger });
    return { store, close: async () => store.close() };
  },
};
