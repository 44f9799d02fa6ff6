import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { IndexedRecording, RecordingStore } from '../recordings/recording-index.js';
import { portionsOf } from './portions.js';
import { valueDigest } from './recording-query.js';
import type { RecordingRow } from './recording-rows.js';
import { reusableQuery } from './reusable-query.js';
import type { Database } from './schema.js';

/** Entries written in one transaction: about 5 ms, and then whoever waits for the process has a turn. */
const WRITTEN_AT_ONCE = 8;

/** Queries of recordings with more keys are rare, and compiled each time. */
const MOST_KEPT_KEYS = 50;

/** Writes entries of the index with their metadata; walks of many servers write in turns. */
export function createRecordingSaver(db: Kysely<Database>): RecordingStore['saveRecordings'] {
  const queries = compileQueries(db);
  let turn: Promise<unknown> = Promise.resolve();
  /** Walks of many servers write at once: no more than one portion before others have a turn. */
  const inTurn = async (write: () => Promise<void>): Promise<void> => {
    const written = turn.then(write);
    turn = written.then(() => setImmediate()).catch(() => undefined);
    await written;
  };
  return async (recordings) => {
    for (const portion of portionsOf(recordings, WRITTEN_AT_ONCE)) {
      await inTurn(() =>
        db.transaction().execute(async (transaction) => {
          for (const recording of portion) await save(transaction, queries, recording);
        }),
      );
    }
  };
}

type Queries = ReturnType<typeof compileQueries>;

/** What a walk through a large server runs ten thousand times. */
function compileQueries(db: Kysely<Database>) {
  const anyRow = toRow({
    ...{ recordId: '', serverId: '', tenantId: '', meetingId: '', parentId: undefined, state: '' },
    ...{ startTime: 0, endTime: 0, metadata: new Map(), xml: Buffer.alloc(0), digest: '', readAt: 0 },
  });
  const { record_id, server_id, ...rest } = anyRow;
  const metadataInserts = new Map<number, ReturnType<typeof reusableQuery>>();
  return {
    /** Of so many keys: with a row each in one query. */
    insertMetadata: (count: number) => {
      const known = metadataInserts.get(count);
      if (known !== undefined) return known;
      const anyKey = { record_id, server_id, key: '', value: '', value_digest: '' };
      const rows = Array.from({ length: count }, () => anyKey);
      const insert = reusableQuery(db.insertInto('recording_metadata').values(rows).compile());
      if (count <= MOST_KEPT_KEYS) metadataInserts.set(count, insert);
      return insert;
    },
    upsert: reusableQuery(
      db
        .insertInto('recordings')
        .values({ record_id, server_id, ...rest })
        .onConflict((conflict) =>
          conflict
            .columns(['record_id', 'server_id'])
            .doUpdateSet((excluded) => ({
              tenant_id: excluded.ref('excluded.tenant_id'),
              meeting_id: excluded.ref('excluded.meeting_id'),
              parent_id: excluded.ref('excluded.parent_id'),
              state: excluded.ref('excluded.state'),
              start_time: excluded.ref('excluded.start_time'),
              end_time: excluded.ref('excluded.end_time'),
              digest: excluded.ref('excluded.digest'),
              read_at: excluded.ref('excluded.read_at'),
              xml: excluded.ref('excluded.xml'),
            }))
            .whereRef('recordings.read_at', '<=', 'excluded.read_at'),
        )
        .compile(),
    ),
    removeMetadata: reusableQuery(
      db
        .deleteFrom('recording_metadata')
        .where('record_id', '=', record_id)
        .where('server_id', '=', server_id)
        .compile(),
    ),
  };
}

async function save(
  transaction: Transaction<Database>,
  queries: Queries,
  recording: IndexedRecording,
): Promise<void> {
  const { recordId, serverId, metadata } = recording;
  const { numAffectedRows } = await transaction.executeQuery(queries.upsert(Object.values(toRow(recording))));
  if (numAffectedRows !== 1n) return;
  await transaction.executeQuery(queries.removeMetadata([recordId, serverId]));
  if (metadata.size === 0) return;
  const values = [...metadata].flatMap(([key, value]) => [
    recordId,
    serverId,
    key,
    value,
    valueDigest(value),
  ]);
  await transaction.executeQuery(queries.insertMetadata(metadata.size)(values));
}

function toRow(recording: IndexedRecording): RecordingRow {
  return {
    record_id: recording.recordId,
    server_id: recording.serverId,
    tenant_id: recording.tenantId,
    meeting_id: recording.meetingId,
    parent_id: recording.parentId ?? null,
    state: recording.state,
    start_time: recording.startTime,
    end_time: recording.endTime,
    digest: recording.digest,
    read_at: recording.readAt,
    xml: recording.xml,
  };
}
