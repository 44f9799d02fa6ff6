import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { AuditStore } from '../admin/audit.js';
import type { Database } from './schema.js';

/** What administrators did, listed newest first. */
export function createAuditTable(db: Kysely<Database>): AuditStore {
  let recorded = 0;
  return {
    async record({ at, actor, action, target, detail }) {
      recorded += 1;
      // Entries of one millisecond stay in order, and two balancers never make the same ID.
      const id = `${String(recorded).padStart(12, '0')}-${randomUUID()}`;
      await db.insertInto('audit').values({ id, at, actor, action, target, detail }).execute();
    },
    async list(limit) {
      return await db
        .selectFrom('audit')
        .select(['at', 'actor', 'action', 'target', 'detail'])
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
    },
  };
}
