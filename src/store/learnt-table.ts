import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { LearntStore } from '../meetings/learnt-store.js';
import type { LearntCost } from '../placement/learning/pooled-cost.js';
import { decodeJson, encodeJson } from './json-text.js';
import type { Database } from './schema.js';

const CPU_COST = 'cpu-cost';

const amount = z.number().min(0);

const learntCost: z.ZodType<LearntCost> = z.object({
  at: amount,
  squares: z.array(amount),
  products: z.array(amount),
});

/** What was learnt about the whole pool, one row a subject. */
export function createLearntTable(db: Kysely<Database>): LearntStore {
  return {
    async readCost() {
      const row = await db
        .selectFrom('learnt')
        .select('value')
        .where('key', '=', CPU_COST)
        .executeTakeFirst();
      return row && decodeJson(learntCost, row.value, `learnt ${CPU_COST}`);
    },
    async saveCost(cost, at) {
      const row = { key: CPU_COST, at, value: encodeJson(cost) };
      await db
        .insertInto('learnt')
        .values(row)
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ at: row.at, value: row.value }))
        .execute();
    },
  };
}
