import type { Kysely } from 'kysely';
import type { RecordingKey, RecordingNames } from '../recordings/recording-index.js';
import { keysOfPrefixes, LAST, valueDigest } from './recording-query.js';
import type { Database } from './schema.js';

interface KeyPage {
  readonly limit: number;
  readonly after?: RecordingKey | undefined;
}

interface KeyRow {
  readonly record_id: string;
  readonly server_id: string;
}

/** Of a recording's names to its key: read from an index alone wherever one holds both. */
export async function listKeys(
  db: Kysely<Database>,
  names: RecordingNames,
  page: KeyPage,
): Promise<readonly RecordingKey[]> {
  if (names.values.length === 0) return [];
  const rows = await rowsOf(db, names, page);
  return rows.map((row) => ({ recordId: row.record_id, serverId: row.server_id }));
}

function rowsOf(
  db: Kysely<Database>,
  names: RecordingNames,
  { limit, after }: KeyPage,
): Promise<readonly KeyRow[]> {
  const [first = '', ...others] = names.values;
  const isSingle = others.length === 0;
  if (names.kind === 'metadata') {
    let query = db
      .selectFrom('recording_metadata')
      .select(['record_id', 'server_id'])
      .where('key', '=', names.key)
      .where('value_digest', 'in', names.values.map(valueDigest));
    if (isSingle) query = query.orderBy('record_id').orderBy('server_id');
    if (after !== undefined)
      query = query.where((is) =>
        is(is.refTuple('record_id', 'server_id'), '>', is.tuple(after.recordId, after.serverId)),
      );
    return query.limit(limit).execute();
  }
  if (names.kind === 'recordId' && !isSingle) return keysOfPrefixes(db, names.values).limit(limit).execute();
  let query = db.selectFrom('recordings').select(['record_id', 'server_id']);
  if (names.kind === 'meetingId') {
    query = query.where('meeting_id', 'in', names.values);
    if (names.tenantId !== undefined) query = query.where('tenant_id', '=', names.tenantId);
  } else {
    query = query.where('record_id', '<', first + LAST);
    // Where it goes on is where it begins: with both, the way from the first name to there would be gone through again.
    if (after === undefined) query = query.where('record_id', '>=', first);
  }
  if (isSingle) query = query.orderBy('record_id').orderBy('server_id');
  if (after !== undefined)
    query = query.where((is) =>
      is(is.refTuple('record_id', 'server_id'), '>', is.tuple(after.recordId, after.serverId)),
    );
  return query.limit(limit).execute();
}
