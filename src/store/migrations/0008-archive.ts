import type { Kysely, Migration } from 'kysely';

/** Ballast's own archive: its recordings, the journal of imports, and how long a tenant's recordings are kept. */
export const recordingArchive: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('archived_recordings')
      .addColumn('record_id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('parent_id', 'text')
      .addColumn('end_time', 'bigint', (column) => column.notNull())
      .addColumn('recording', 'text', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('archived_recordings_by_parent')
      .on('archived_recordings')
      .column('parent_id')
      .execute();
    await db.schema
      .createTable('recording_imports')
      .addColumn('id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('size_bytes', 'bigint', (column) => column.notNull())
      .addColumn('step', 'text', (column) => column.notNull())
      .addColumn('reason', 'text')
      .addColumn('found', 'text', (column) => column.notNull())
      .addColumn('received_at', 'bigint', (column) => column.notNull())
      .addColumn('changed_at', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex('recording_imports_by_step')
      .on('recording_imports')
      .columns(['step', 'received_at'])
      .execute();
    await db.schema.alterTable('tenants').addColumn('recordings', 'text').execute();
  },
};
