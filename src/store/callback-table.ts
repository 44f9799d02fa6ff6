import type { Kysely, Transaction } from 'kysely';
import type {
  Addition,
  CallbackStore,
  DueTarget,
  PendingChange,
  StoredCallback,
} from '../callbacks/callback.js';
import { addCallback, findPending, hasPending, type PendingRow, readyNext } from './callback-lanes.js';
import { callbackQueries } from './callback-queries.js';
import { toCallback, toOutgoing } from './callback-row.js';
import type { Database } from './schema.js';
import type { WriteBatches } from './write-batches.js';

/** Targets read at once, and rows deleted at once: some milliseconds. */
const PORTION = 500;

// prettier-ignore
const LISTED = [
  'id', 'kind', 'key', 'tenant_id', 'meeting_id', 'target', 'origin', 'lane', 'state', 'attempts', 'created_at', 'due_at',
  'expires_at', 'ended_at', 'last_failure', 'outcome',
] as const;

/**
 * The outbox. `is_ready` is 1 for pending rows but those that wait for another of their lane, and 0 for all others, so that
 * what is due is found by one index however much waits.
 */
export function createCallbackTable(db: Kysely<Database>, batches: WriteBatches): CallbackStore {
  const queries = callbackQueries(db);
  /** Changes a pending row; then the lane goes on where the row no longer stands at its head. */
  const change = (
    id: string,
    act: (transaction: Transaction<Database>, row: PendingRow) => Promise<Partial<PendingRow>>,
  ): Promise<PendingChange | undefined> =>
    batches.run(async (transaction) => {
      const row = await findPending(transaction, queries, id);
      if (row === undefined) return undefined;
      const now = { ...row, ...(await act(transaction, row)) };
      const isHeadGone = row.is_ready === 1 && now.is_ready === 0;
      return {
        callback: changed(now),
        next: isHeadGone ? await readyNext(transaction, row.lane) : undefined,
      };
    });

  return {
    async addCallbacks(rows) {
      return await batches.run(async (transaction) => {
        const additions: Addition[] = [];
        for (const row of rows) additions.push(await addCallback(transaction, row));
        return additions;
      });
    },
    async *dueTargets() {
      for (let after: string | undefined; ;) {
        const targets: DueTarget[] = [];
        while (targets.length < PORTION) {
          const first = await firstDue(db, after);
          if (first === undefined) break;
          targets.push(first);
          after = first.origin;
        }
        yield targets;
        if (targets.length < PORTION) return;
      }
    },
    async dueCallbacks(origin, limit) {
      const { rows } = await db.executeQuery(queries.due([1, origin, limit]));
      return rows.map((row) => ({ id: row.id, dueAt: row.due_at }));
    },
    async findCallback(id) {
      const [row] = (await db.executeQuery(queries.find([id]))).rows;
      return row === undefined ? undefined : toOutgoing(row);
    },
    async findByKey(kind, key) {
      const rows = db.selectFrom('callbacks').select(LISTED).where('kind', '=', kind).where('key', '=', key);
      const row = await rows.executeTakeFirst();
      return row === undefined ? undefined : toCallback(row);
    },
    async pendingLike(kind, keyPrefix, limit) {
      const rows = await db
        .selectFrom('callbacks')
        .select('id')
        .where('kind', '=', kind)
        .where('key', '>=', keyPrefix)
        .where('key', '<', `${keyPrefix}\uffff`)
        .where('state', '=', 'pending')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },
    endCallback: (id, { state, outcome, lastFailure, at }) =>
      change(id, async (transaction, { attempts }) => {
        if (state === 'delivered') {
          // Only remembered from now on: of what it said nothing is kept.
          await transaction.executeQuery(
            queries.deliver([state, outcome, 0, at, lastFailure ?? null, '', attempts + 1, id]),
          );
          return { is_ready: 0 };
        }
        const end = { state, outcome, is_ready: 0 as const, ended_at: at, last_failure: lastFailure ?? null };
        await transaction
          .updateTable('callbacks')
          .set({ ...end, attempts: attempts + 1 })
          .where('id', '=', id)
          .execute();
        return { is_ready: 0 };
      }),
    postponeCallback: (id, dueAt, lastFailure) =>
      change(id, async (transaction) => {
        await transaction
          .updateTable('callbacks')
          .set((is) => ({ due_at: dueAt, last_failure: lastFailure, attempts: is('attempts', '+', 1) }))
          .where('id', '=', id)
          .execute();
        return { due_at: dueAt };
      }),
    dueCallback: (id, at) =>
      change(id, async (transaction) => {
        await transaction.updateTable('callbacks').set({ due_at: at }).where('id', '=', id).execute();
        return { due_at: at };
      }),
    forgetCallback: (id) =>
      change(id, async (transaction) => {
        await transaction.deleteFrom('callbacks').where('id', '=', id).execute();
        return { is_ready: 0 };
      }),
    reviveCallback: (id, at, expiresAt) =>
      batches.run(async (transaction) => {
        const failed = transaction.selectFrom('callbacks').select('lane').where('id', '=', id);
        const row = await failed.where('state', '=', 'failed').executeTakeFirst();
        if (row === undefined) return undefined;
        const isReady = !(await hasPending(transaction, row.lane));
        await transaction
          .updateTable('callbacks')
          .set({
            ...{ state: 'pending', attempts: 0, outcome: null, ended_at: null },
            ...{ due_at: at, expires_at: expiresAt, is_ready: isReady ? 1 : 0 },
          })
          .where('id', '=', id)
          .execute();
        const revived = await findPending(transaction, queries, id);
        return revived === undefined ? undefined : { callback: changed(revived), next: undefined };
      }),
    async listCallbacks({ tenantId, state, limit }): Promise<readonly StoredCallback[]> {
      let query = db.selectFrom('callbacks').select(LISTED);
      if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
      if (state !== undefined) query = query.where('state', '=', state);
      return (await query.orderBy('id', 'desc').limit(limit).execute()).map(toCallback);
    },
    async countPending() {
      const rows = await db
        .selectFrom('callbacks')
        .select((is) => ['kind', 'tenant_id', 'target', is.fn.countAll<number | string>().as('count')])
        .where('state', '=', 'pending')
        .groupBy(['kind', 'tenant_id', 'target'])
        .execute();
      return rows.map((row) => ({
        kind: row.kind,
        tenantId: row.tenant_id,
        target: row.target,
        count: Number(row.count),
      }));
    },
    async oldestPending() {
      const pending = db.selectFrom('callbacks').select('created_at').where('state', '=', 'pending');
      return (await pending.orderBy('id').limit(1).executeTakeFirst())?.created_at;
    },
    async newestId() {
      const newest = db.selectFrom('callbacks').select('id').orderBy('id', 'desc').limit(1);
      return (await newest.executeTakeFirst())?.id ?? '';
    },
    async mendLanes() {
      await batches.run(async (transaction) => {
        const stuck = transaction
          .selectFrom('callbacks')
          .select('lane')
          .where('state', '=', 'pending')
          .where('lane', 'is not', null)
          .groupBy('lane')
          .having((is) => is(is.fn.max('is_ready'), '=', 0));
        for (const { lane } of await stuck.execute()) await readyNext(transaction, lane);
      });
    },
    async pruneCallbacks(state, kind, before) {
      const old = db
        .selectFrom('callbacks')
        .select('id')
        .where('state', '=', state)
        .where('kind', '=', kind)
        .where('ended_at', '<', before)
        .limit(PORTION);
      for (let pruned = 0; ;) {
        const { numDeletedRows } = await batches.run(
          async (transaction) =>
            await transaction.deleteFrom('callbacks').where('id', 'in', old).executeTakeFirstOrThrow(),
        );
        pruned += Number(numDeletedRows);
        if (numDeletedRows < PORTION) return pruned;
      }
    },
  };
}

/** The first target after this one in the order of their names, found by the index without reading what waits there. */
async function firstDue(db: Kysely<Database>, after: string | undefined): Promise<DueTarget | undefined> {
  let query = db.selectFrom('callbacks').select(['origin', 'due_at']).where('is_ready', '=', 1);
  if (after !== undefined) query = query.where('origin', '>', after);
  const row = await query.orderBy('origin').orderBy('due_at').limit(1).executeTakeFirst();
  return row === undefined ? undefined : { origin: row.origin, dueAt: row.due_at };
}

function changed(row: PendingRow): PendingChange['callback'] {
  return {
    id: row.id,
    kind: row.kind,
    tenantId: row.tenant_id,
    target: row.target,
    origin: row.origin,
    createdAt: row.created_at,
    dueAt: row.due_at,
  };
}
