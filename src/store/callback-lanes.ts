import type { Transaction } from 'kysely';
import type { Addition, CallbackRow, DueTarget } from '../callbacks/callback.js';
import type { CallbackQueries } from './callback-queries.js';
import { newRow, type StoredRow } from './callback-row.js';
import type { Database } from './schema.js';

/** What is read of a row before it is changed. */
export type PendingRow = Pick<
  StoredRow,
  | 'id'
  | 'kind'
  | 'tenant_id'
  | 'target'
  | 'origin'
  | 'created_at'
  | 'due_at'
  | 'lane'
  | 'is_ready'
  | 'attempts'
>;

/** Adds one unless its key is known; it waits where another of its lane is pending. */
export async function addCallback(
  transaction: Transaction<Database>,
  callback: CallbackRow,
): Promise<Addition> {
  const isReady = !(await hasPending(transaction, callback.lane ?? null));
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto('callbacks')
    .values(newRow(callback, isReady))
    .onConflict((conflict) => conflict.columns(['kind', 'key']).doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 1n) return 'added';
  const known = await transaction
    .selectFrom('callbacks')
    .select('digest')
    .where('kind', '=', callback.kind)
    .where('key', '=', callback.key)
    .executeTakeFirst();
  return known?.digest === callback.digest ? 'known' : 'conflict';
}

/** Whether anything of this lane is pending; never without a lane. */
export async function hasPending(transaction: Transaction<Database>, lane: string | null): Promise<boolean> {
  if (lane === null) return false;
  const pending = transaction.selectFrom('callbacks').select('id').where('lane', '=', lane);
  return (await pending.where('state', '=', 'pending').limit(1).executeTakeFirst()) !== undefined;
}

/** A row, where it is pending. */
export async function findPending(
  transaction: Transaction<Database>,
  queries: CallbackQueries,
  id: string,
): Promise<PendingRow | undefined> {
  return (await transaction.executeQuery(queries.findPending([id, 'pending']))).rows[0];
}

/** Lets the next one of a lane go; resolves with where and when. */
export async function readyNext(
  transaction: Transaction<Database>,
  lane: string | null,
): Promise<DueTarget | undefined> {
  if (lane === null) return undefined;
  const next = await transaction
    .selectFrom('callbacks')
    .select(['id', 'origin', 'due_at'])
    .where('lane', '=', lane)
    .where('state', '=', 'pending')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  if (next === undefined) return undefined;
  await transaction.updateTable('callbacks').set({ is_ready: 1 }).where('id', '=', next.id).execute();
  return { origin: next.origin, dueAt: next.due_at };
}
