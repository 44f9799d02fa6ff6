import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { ArchivedRecording, ArchiveStore } from '../recordings/archive/archived-recording.js';
import { decodeJson, encodeJson, optionalNumber, strings } from './json-text.js';
import type { Database } from './schema.js';

const optionalText = z
  .string()
  .nullable()
  .transform((value) => value ?? undefined);

const texts = z.record(z.string(), z.string());

const format = z.object({
  format: z.string(),
  link: z.string(),
  durationMs: optionalNumber,
  processingTimeMs: optionalNumber,
  sizeBytes: optionalNumber,
  previews: z.array(z.object({ width: z.string(), height: z.string(), alt: z.string(), path: z.string() })),
  extensionsXml: z.string(),
});

const facts = {
  recordId: z.string(),
  scopedMeetingId: z.string(),
  name: z.string(),
  isBreakout: z.boolean(),
  parentId: optionalText,
  breakout: texts,
  breakoutRooms: strings,
  startTime: z.number(),
  endTime: z.number(),
  participants: optionalNumber,
  rawSizeBytes: optionalNumber,
  isPublished: z.boolean(),
  metadata: texts,
};

/** What is found in one archive, as the journal of imports keeps it. */
export const importedRecordings = z.array(z.object({ ...facts, playback: format }));

const archived: z.ZodType<ArchivedRecording> = z.object({
  ...facts,
  tenantId: z.string(),
  isPublishedByCall: z.boolean(),
  isProtected: z.boolean(),
  formats: z.array(format),
});

/** The recordings of Ballast's own archive. */
export function createArchiveTable(db: Kysely<Database>): ArchiveStore {
  return {
    async findArchived(recordId) {
      const row = await db
        .selectFrom('archived_recordings')
        .select(['record_id', 'recording'])
        .where('record_id', '=', recordId)
        .executeTakeFirst();
      return row && toArchived(row);
    },
    async listBreakouts(parentId) {
      const rows = await db
        .selectFrom('archived_recordings')
        .select(['record_id', 'recording'])
        .where('parent_id', '=', parentId)
        .orderBy('record_id')
        .execute();
      return rows.map(toArchived);
    },
    async listArchived(after, limit) {
      const rows = await db
        .selectFrom('archived_recordings')
        .select(['record_id', 'recording'])
        .where('record_id', '>', after)
        .orderBy('record_id')
        .limit(limit)
        .execute();
      return rows.map(toArchived);
    },
    async saveArchived(recording) {
      const { recordId, tenantId, parentId, endTime } = recording;
      const rest = {
        tenant_id: tenantId,
        parent_id: parentId ?? null,
        end_time: endTime,
        recording: encodeJson(recording),
      };
      await db
        .insertInto('archived_recordings')
        .values({ record_id: recordId, ...rest })
        .onConflict((conflict) => conflict.column('record_id').doUpdateSet(rest))
        .execute();
    },
    async removeArchived(recordId) {
      await db.deleteFrom('archived_recordings').where('record_id', '=', recordId).execute();
    },
  };
}

function toArchived(row: { readonly record_id: string; readonly recording: string }): ArchivedRecording {
  return decodeJson(archived, row.recording, `archived recording ${row.record_id}`);
}
