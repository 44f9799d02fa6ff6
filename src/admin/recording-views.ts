import { z } from 'zod';

/** What a list of recordings can be narrowed to; `any` is no narrowing. */
export const RECORDING_STATES = [
  'published',
  'unpublished',
  'processing',
  'processed',
  'deleted',
  'any',
] as const;

/** Answers about recordings, as the OpenAPI document names them. Times are ms since 1970. */
export const recordingAnswers = {
  RecordingsAnswer: z.strictObject({
    recordings: z.array(
      z.strictObject({
        recordId: z.string(),
        /** Absent: Ballast's own archive. */
        serverId: z.string().optional(),
        tenantId: z.string(),
        meetingId: z.string(),
        state: z.string(),
        startTime: z.int(),
        endTime: z.int(),
      }),
    ),
  }),
  ImportAnswer: z.strictObject({
    id: z.string(),
    step: z.enum(['arriving', 'received', 'unpacked', 'moved', 'indexed', 'done', 'failed']),
    offset: z.int(),
    reason: z.string().optional(),
    recordIds: z.array(z.string()),
  }),
  FailedImportsAnswer: z.strictObject({
    failed: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        sizeBytes: z.int(),
        reason: z.string(),
        receivedAt: z.int(),
        failedAt: z.int(),
      }),
    ),
  }),
  RetriedImportAnswer: z.strictObject({ retried: z.string() }),
  DroppedImportAnswer: z.strictObject({ dropped: z.string() }),
  ExpireAnswer: z.strictObject({
    expired: z.array(
      z.strictObject({ recordId: z.string(), tenantId: z.string(), name: z.string(), endTime: z.int() }),
    ),
    dryRun: z.boolean(),
    /** False where neither the configuration nor a tenant has a time: nothing is ever over. */
    isKeepForSet: z.boolean(),
  }),
} as const;

export type RecordingsAnswer = z.infer<typeof recordingAnswers.RecordingsAnswer>;
export type ImportAnswer = z.infer<typeof recordingAnswers.ImportAnswer>;
export type FailedImportsAnswer = z.infer<typeof recordingAnswers.FailedImportsAnswer>;
export type ExpireAnswer = z.infer<typeof recordingAnswers.ExpireAnswer>;
