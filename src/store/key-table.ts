import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { KeyStore } from '../callbacks/key-store.js';
import type { Database } from './schema.js';
import { StoreError } from './store-error.js';

const KEY_BYTES = 32;

/** Keys by name, as hex. */
export function createKeyTable(db: Kysely<Database>): KeyStore {
  const find = async (name: string): Promise<Buffer | undefined> => {
    const row = await db.selectFrom('keys').select('value').where('name', '=', name).executeTakeFirst();
    return row === undefined ? undefined : Buffer.from(row.value, 'hex');
  };
  return {
    async keyFor(name) {
      const known = await find(name);
      if (known !== undefined) return checked(name, known);
      // Another process may have made it meanwhile: the one that is kept counts.
      await db
        .insertInto('keys')
        .values({ name, value: randomBytes(KEY_BYTES).toString('hex') })
        .onConflict((conflict) => conflict.column('name').doNothing())
        .execute();
      return checked(name, await find(name));
    },
  };
}

function checked(name: string, key: Buffer | undefined): Buffer {
  if (key?.length === KEY_BYTES) return key;
  throw new StoreError('damaged', `the stored key ${name} cannot be read; delete it to have a new one made.`);
}
