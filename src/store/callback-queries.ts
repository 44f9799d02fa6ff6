import type { Kysely } from 'kysely';
import { reusableQuery } from './reusable-query.js';
import type { Database } from './schema.js';

/** What each delivery runs, compiled once: dozens of these share a transaction, in which no call is served. */
export type CallbackQueries = ReturnType<typeof callbackQueries>;

/** Compiles them; values go in the order that each one names. */
export function callbackQueries(db: Kysely<Database>) {
  const any = { id: '', origin: '', time: 0 };
  const callbacks = db.selectFrom('callbacks');
  return {
    /** id */
    find: reusableQuery(callbacks.selectAll().where('id', '=', any.id).compile()),
    /** id, 'pending' */
    findPending: reusableQuery(
      callbacks
        .select([
          'id',
          'kind',
          'tenant_id',
          'target',
          'origin',
          'created_at',
          'due_at',
          'lane',
          'is_ready',
          'attempts',
        ])
        .where('id', '=', any.id)
        .where('state', '=', 'pending')
        .compile(),
    ),
    /** 1, origin, limit */
    due: reusableQuery(
      callbacks
        .select(['id', 'due_at'])
        .where('is_ready', '=', 1)
        .where('origin', '=', any.origin)
        .orderBy('due_at')
        .orderBy('id')
        .limit(1)
        .compile(),
    ),
    /** 'delivered', 'delivered', 0, ended_at, last_failure, content, attempts, id */
    deliver: reusableQuery(
      db
        .updateTable('callbacks')
        .set({
          ...{ state: 'delivered', outcome: 'delivered', is_ready: 0, ended_at: any.time },
          ...{ last_failure: null, content: '', attempts: 0 },
        })
        .where('id', '=', any.id)
        .compile(),
    ),
  };
}
