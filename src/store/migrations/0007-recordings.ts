import type { Kysely, Migration } from 'kysely';

/** The index of recordings, which servers were read whole, and the changes that servers have yet to be told. */
export const recordingIndex: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable('recordings')
      .addColumn('record_id', 'text', (column) => column.notNull())
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('tenant_id', 'text', (column) => column.notNull())
      .addColumn('meeting_id', 'text', (column) => column.notNull())
      .addColumn('parent_id', 'text')
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('start_time', 'bigint', (column) => column.notNull())
      .addColumn('end_time', 'bigint', (column) => column.notNull())
      .addColumn('digest', 'text', (column) => column.notNull())
      .addColumn('read_at', 'bigint', (column) => column.notNull())
      .addColumn('xml', 'blob', (column) => column.notNull())
      .addPrimaryKeyConstraint('recordings_key', ['record_id', 'server_id'])
      .execute();
    // All that orders a list and the filter nearly all lists have: pages and counts need no row itself.
    await db.schema
      .createIndex('recordings_by_tenant')
      .on('recordings')
      .columns(['tenant_id', 'start_time', 'record_id', 'server_id', 'state'])
      .execute();
    await db.schema
      .createIndex('recordings_by_meeting')
      .on('recordings')
      .columns(['tenant_id', 'meeting_id'])
      .execute();
    await db.schema
      .createIndex('recordings_by_server')
      .on('recordings')
      .columns(['server_id', 'record_id', 'digest', 'read_at'])
      .execute();
    await db.schema.createIndex('recordings_by_parent').on('recordings').column('parent_id').execute();
    await db.schema
      .createTable('recording_metadata')
      .addColumn('record_id', 'text', (column) => column.notNull())
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('key', 'text', (column) => column.notNull())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('value_digest', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('recording_metadata_key', ['record_id', 'server_id', 'key'])
      .execute();
    // By digest: a value may be longer than an index takes.
    await db.schema
      .createIndex('recording_metadata_by_value')
      .on('recording_metadata')
      .columns(['key', 'value_digest', 'record_id', 'server_id'])
      .execute();
    await db.schema
      .createTable('recording_walks')
      .addColumn('server_id', 'text', (column) => column.notNull().primaryKey())
      .addColumn('walked_at', 'bigint', (column) => column.notNull())
      .addColumn('list_order', 'text', (column) => column.notNull())
      .addColumn('listed', 'integer', (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('recording_changes')
      .addColumn('record_id', 'text', (column) => column.notNull())
      .addColumn('server_id', 'text', (column) => column.notNull())
      .addColumn('call', 'text', (column) => column.notNull())
      .addColumn('query', 'text', (column) => column.notNull())
      .addColumn('asked_at', 'bigint', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('recording_changes_key', ['record_id', 'server_id', 'call'])
      .execute();
  },
};
