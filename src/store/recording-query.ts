import { createHash } from 'node:crypto';
import type { ExpressionBuilder, Kysely, SelectQueryBuilder } from 'kysely';
import type { RecordingFilter } from '../recordings/recording-index.js';
import type { Database } from './schema.js';

/** Behind every ID that begins with a text, and before the texts that come after those. */
const LAST = '\uffff';

type Recordings = SelectQueryBuilder<Database, 'recordings', object>;

/** The entries of the index that a filter lets through. Nothing in an ID or value is a wildcard. */
export function filteredRecordings(db: Kysely<Database>, filter: RecordingFilter): Recordings {
  const { tenantId, serverId, recordIds, meetingIds, states, metadata, endedBefore } = filter;
  let query: Recordings = db.selectFrom('recordings');
  if (tenantId !== undefined) query = query.where('tenant_id', '=', tenantId);
  if (serverId !== undefined) query = query.where('server_id', '=', serverId);
  if (endedBefore !== undefined) query = query.where('end_time', '<', endedBefore);
  if (recordIds !== undefined) query = query.where((is) => startsWithOne(is, recordIds));
  if (meetingIds !== undefined) query = query.where('meeting_id', 'in', meetingIds);
  if (states !== undefined) query = query.where('state', 'in', states);
  for (const [key, values] of metadata ?? []) {
    query = query.where((is) =>
      is(
        is.refTuple('record_id', 'server_id'),
        'in',
        is
          .selectFrom('recording_metadata')
          .select(['recording_metadata.record_id', 'recording_metadata.server_id'])
          .where('key', '=', key)
          .where('value_digest', 'in', values.map(valueDigest))
          .$asTuple('record_id', 'server_id'),
      ),
    );
  }
  return query;
}

/** What stands for a value in the index: values may be long. */
export function valueDigest(value: string): string {
  return createHash('sha1').update(value).digest('base64url');
}

function startsWithOne(is: ExpressionBuilder<Database, 'recordings'>, prefixes: readonly string[]) {
  return is.or(
    prefixes.map((prefix) =>
      is.and([is('record_id', '>=', prefix), is('record_id', '<', `${prefix}${LAST}`)]),
    ),
  );
}
