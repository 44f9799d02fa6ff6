import { createHash } from 'node:crypto';
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';
import type { Holders, RecordingFilter, RecordingKey } from '../recordings/recording-index.js';
import type { Database } from './schema.js';

/** Behind every ID that begins with a text, and before the texts that come after those. */
export const LAST = '\uffff';

/** The server ID of what is in Ballast's own archive. */
const ARCHIVE = '';

const KEY = ['record_id', 'server_id'] as const;

type Recordings = SelectQueryBuilder<Database, 'recordings', object>;

/** The entries of the index that a filter lets through. Nothing in an ID or value is a wildcard. */
export function filteredRecordings(db: Kysely<Database>, filter: RecordingFilter): Recordings {
  const { tenantId, serverId, places, holders, recordIds, meetingIds, states, metadata, endedBefore } =
    filter;
  let query: Recordings = db.selectFrom('recordings');
  const isLookedUp =
    places !== undefined || recordIds !== undefined || meetingIds !== undefined || (metadata?.size ?? 0) > 0;
  // As a term that no index has where keys are given: SQLite would else go through the whole tenant in the order of the list.
  const tenant = isLookedUp ? sql<string>`recordings.tenant_id || ''` : ('tenant_id' as const);
  if (tenantId !== undefined) query = query.where(tenant, '=', tenantId);
  if (serverId !== undefined) query = query.where('server_id', '=', serverId);
  if (holders !== undefined) query = heldBy(query, holders);
  if (endedBefore !== undefined) query = query.where('end_time', '<', endedBefore);
  if (places !== undefined)
    query = query.where(sql<boolean>`(recordings.record_id, recordings.server_id) in (${keyValues(places)})`);
  // Each as a list of keys that is looked up first.
  if (recordIds !== undefined)
    query = query.where((is) => is(is.refTuple(...KEY), 'in', withIds(db, recordIds)));
  if (meetingIds !== undefined) {
    const asked = keys(db).where('meeting_id', 'in', meetingIds);
    const own = tenantId === undefined ? asked : asked.where('tenant_id', '=', tenantId);
    query = query.where((is) => is(is.refTuple(...KEY), 'in', own.$asTuple(...KEY)));
  }
  if (states !== undefined) query = query.where('state', 'in', states);
  for (const [key, values] of metadata ?? []) {
    const digests = values.map(valueDigest);
    query = places === undefined ? havingValue(query, key, digests) : eachHavingValue(query, key, digests);
  }
  return query;
}

/** What has the value is looked up first: all of it, however few of them are wanted. */
function havingValue(query: Recordings, key: string, digests: readonly string[]): Recordings {
  return query.where((is) =>
    is(
      is.refTuple('record_id', 'server_id'),
      'in',
      is
        .selectFrom('recording_metadata')
        .select(['recording_metadata.record_id', 'recording_metadata.server_id'])
        .where('key', '=', key)
        .where('value_digest', 'in', digests)
        .$asTuple('record_id', 'server_id'),
    ),
  );
}

/** The value of each entry is looked up: dear for a whole index, cheap for some entries. */
function eachHavingValue(query: Recordings, key: string, digests: readonly string[]): Recordings {
  return query.where((is) =>
    is.exists(
      is
        .selectFrom('recording_metadata')
        .select('recording_metadata.key')
        .whereRef('recording_metadata.record_id', '=', 'recordings.record_id')
        .whereRef('recording_metadata.server_id', '=', 'recordings.server_id')
        .where('key', '=', key)
        // Not by way of the index of values: that would go through all that have it.
        .where(sql<string>`value_digest || ''`, 'in', digests),
    ),
  );
}

function heldBy(query: Recordings, holders: Holders): Recordings {
  if (holders === 'servers') return query.where('server_id', '<>', ARCHIVE);
  return query.where((is) =>
    is.or([
      is('server_id', '=', ARCHIVE),
      is.not(
        is.exists(
          is
            .selectFrom('recordings as archived')
            .select('archived.record_id')
            .where('archived.server_id', '=', ARCHIVE)
            .whereRef('archived.record_id', '=', 'recordings.record_id'),
        ),
      ),
    ]),
  );
}

/** What stands for a value in the index: values may be long. */
export function valueDigest(value: string): string {
  return createHash('sha1').update(value).digest('base64url');
}

function keys(db: Kysely<Database>) {
  return db.selectFrom('recordings').select(KEY);
}

/** As one value, so that the query is the same for any number of them. */
function keyValues(places: readonly RecordingKey[]) {
  const pairs = JSON.stringify(places.map(({ recordId, serverId }) => [recordId, serverId]));
  return sql`select value ->> 0, value ->> 1 from json_each(${pairs})`;
}

/** The keys of all that begin with one of these, which are not none. Joined by OR or UNION, databases would take only some hundreds. */
export function keysOfPrefixes(db: Kysely<Database>, prefixes: readonly string[]) {
  const rows = sql.join(prefixes.map((prefix) => sql`(${prefix})`));
  const asked = sql<{ column1: string }>`(values ${rows})`.as<'asked'>(sql`asked`);
  // In this order, which SQLite keeps: each value is looked up in the key.
  return db
    .selectFrom(asked)
    .crossJoin('recordings')
    .select(['recordings.record_id', 'recordings.server_id'])
    .whereRef('recordings.record_id', '>=', 'asked.column1')
    .where('recordings.record_id', '<', sql<string>`asked.column1 || ${LAST}`);
}

function withIds(db: Kysely<Database>, prefixes: readonly string[]) {
  if (prefixes.length === 0)
    return keys(db)
      .where(sql.lit(1), '=', 0)
      .$asTuple(...KEY);
  return keysOfPrefixes(db, prefixes).$asTuple(...KEY);
}
