import type { Selectable } from 'kysely';
import { z } from 'zod';
import type {
  CallbackContent,
  CallbackRow,
  OutgoingCallback,
  StoredCallback,
} from '../callbacks/callback.js';
import { encodeJson } from './json-text.js';
import type { Database } from './schema.js';

/** A row of the table `callbacks`. */
export type StoredRow = Selectable<Database['callbacks']>;

const content: z.ZodType<CallbackContent> = z.discriminatedUnion('form', [
  z.object({ form: z.literal('get') }),
  z.object({ form: z.literal('recording-ready'), claims: z.record(z.string(), z.unknown()) }),
  z.object({ form: z.literal('analytics'), body: z.string() }),
  z.object({ form: z.literal('hook'), event: z.string(), timestamp: z.number() }),
]);

/** The row of a callback that was just given. */
export function newRow(callback: CallbackRow, isReady: boolean): StoredRow {
  return {
    id: callback.id,
    kind: callback.kind,
    key: callback.key,
    digest: callback.digest,
    tenant_id: callback.tenantId,
    meeting_id: callback.meetingId ?? null,
    target: callback.target,
    origin: callback.origin,
    lane: callback.lane ?? null,
    content: encodeJson(callback.content),
    state: 'pending',
    is_ready: isReady ? 1 : 0,
    attempts: 0,
    created_at: callback.createdAt,
    due_at: callback.dueAt,
    expires_at: callback.expiresAt,
    ended_at: null,
    last_failure: null,
    outcome: null,
  };
}

/** Everything of a row but its content. */
export function toCallback(row: Omit<StoredRow, 'content' | 'digest' | 'is_ready'>): StoredCallback {
  return {
    id: row.id,
    kind: row.kind,
    key: row.key,
    tenantId: row.tenant_id,
    meetingId: row.meeting_id ?? undefined,
    target: row.target,
    origin: row.origin,
    lane: row.lane ?? undefined,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    dueAt: row.due_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
    lastFailure: row.last_failure ?? undefined,
    outcome: row.outcome ?? undefined,
  };
}

/** A row with its content, which is `undefined` where it cannot be read. */
export function toOutgoing(row: StoredRow): OutgoingCallback {
  return { ...toCallback(row), content: readContent(row.content) };
}

function readContent(text: string): CallbackContent | undefined {
  try {
    return content.parse(JSON.parse(text));
  } catch {
    // One damaged row must not hold up what else goes to its target: its delivery fails for good, with words.
    return undefined;
  }
}
