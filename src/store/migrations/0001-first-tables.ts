import type { Kysely, Migration } from 'kysely';

async function createServersAndTenants(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('servers')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('allow_insecure_tls', 'integer', (column) => column.notNull())
    .addColumn('load_multiplier', 'double precision', (column) => column.notNull())
    .addColumn('tags', 'text', (column) => column.notNull())
    .addColumn('admin_state', 'text', (column) => column.notNull())
    .addColumn('is_draining', 'integer', (column) => column.notNull())
    .addColumn('metrics_host', 'text')
    .addColumn('limits', 'text', (column) => column.notNull())
    .addColumn('network_mbit', 'double precision')
    .execute();
  await db.schema
    .createTable('tenants')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('hosts', 'text', (column) => column.notNull())
    .addColumn('secrets', 'text', (column) => column.notNull())
    .addColumn('limits', 'text', (column) => column.notNull())
    .addColumn('server_tags', 'text', (column) => column.notNull())
    .addColumn('parameters', 'text', (column) => column.notNull())
    .execute();
}

async function createMeetings(db: Kysely<unknown>): Promise<void> {
  // No foreign key to servers: a claim outlives its server's removal until the meeting is placed anew.
  await db.schema
    .createTable('meetings')
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('meeting_id', 'text', (column) => column.notNull())
    .addColumn('scoped_id', 'text', (column) => column.notNull())
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('expected_attendees', 'double precision', (column) => column.notNull())
    .addColumn('claimed_at', 'bigint', (column) => column.notNull())
    .addColumn('internal_meeting_id', 'text')
    .addColumn('create_time', 'bigint')
    .addColumn('was_moved', 'integer', (column) => column.notNull())
    .addColumn('end_requested_at', 'bigint')
    .addPrimaryKeyConstraint('meetings_key', ['tenant_id', 'meeting_id'])
    .execute();
  await db.schema.createIndex('meetings_by_server').on('meetings').column('server_id').execute();
  await db.schema.createIndex('meetings_by_scoped_id').on('meetings').column('scoped_id').execute();
  await db.schema
    .createTable('orphans')
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('scoped_id', 'text', (column) => column.notNull())
    .addColumn('noted_at', 'bigint', (column) => column.notNull())
    .addColumn('cause', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('orphans_key', ['server_id', 'scoped_id'])
    .execute();
}

async function createHistory(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('meeting_history')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('meeting_id', 'text', (column) => column.notNull())
    .addColumn('server_id', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint', (column) => column.notNull())
    .addColumn('max_attendees', 'integer', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex('meeting_history_by_meeting')
    .on('meeting_history')
    .columns(['tenant_id', 'meeting_id', 'ended_at'])
    .execute();
  await db.schema.createIndex('meeting_history_by_end').on('meeting_history').column('ended_at').execute();
}

async function createPlacementsAndAudit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('placements')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('tenant_id', 'text', (column) => column.notNull())
    .addColumn('meeting_id', 'text', (column) => column.notNull())
    .addColumn('server_id', 'text')
    .addColumn('policy', 'text', (column) => column.notNull())
    .addColumn('expected_attendees', 'double precision', (column) => column.notNull())
    .addColumn('decision', 'text', (column) => column.notNull())
    .addColumn('retries', 'text', (column) => column.notNull())
    .execute();
  // The meeting comes first: `explain` asks by meeting, with or without its tenant.
  await db.schema
    .createIndex('placements_by_meeting')
    .on('placements')
    .columns(['meeting_id', 'tenant_id', 'at'])
    .execute();
  await db.schema.createIndex('placements_by_time').on('placements').column('at').execute();
  await db.schema
    .createTable('audit')
    .addColumn('id', 'text', (column) => column.notNull().primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_by_time').on('audit').columns(['at', 'id']).execute();
}

/** The tables of version 0.1. A migration that landed is never edited: add the next one. */
export const firstTables: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await createServersAndTenants(db);
    await createMeetings(db);
    await createHistory(db);
    await createPlacementsAndAudit(db);
  },
};
