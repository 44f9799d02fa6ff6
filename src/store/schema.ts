import type { CallbackKind, CallbackState } from '../callbacks/callback.js';
import type { AdminState } from '../pool/server.js';
import type { Meeting, Orphan } from '../meetings/meeting.js';
import type { PolicyName } from '../placement/types.js';
import type { ArchivedRecordingRow, RecordingImportRow } from './archive-rows.js';
import type { CallbackTargetRow } from './callback-target-row.js';
import type { HookTables } from './hook-rows.js';
import type { RecordingTables } from './recording-rows.js';

/** 0 or 1: the one spelling of a boolean that every dialect shares. */
export type Flag = 0 | 1;

/** JSON as text; read with `decodeJson`, never by hand. */
export type JsonText = string;

interface ServerRow {
  id: string;
  url: string;
  secret: string;
  allow_insecure_tls: Flag;
  load_multiplier: number;
  tags: JsonText;
  admin_state: AdminState;
  is_draining: Flag;
  metrics_host: string | null;
  limits: JsonText;
  network_mbit: number | null;
}

interface TenantRow {
  id: string;
  hosts: JsonText;
  secrets: JsonText;
  limits: JsonText;
  server_tags: JsonText;
  parameters: JsonText;
  policy: string | null;
  recordings: JsonText | null;
}

/** One claim, as the table keeps it. */
export interface MeetingRow {
  tenant_id: string;
  meeting_id: string;
  scoped_id: string;
  server_id: string;
  state: Meeting['state'];
  expected_attendees: number;
  claimed_at: number;
  internal_meeting_id: string | null;
  create_time: number | null;
  was_moved: Flag;
  end_requested_at: number | null;
}

interface MeetingHistoryRow {
  id: string;
  tenant_id: string;
  meeting_id: string;
  server_id: string;
  started_at: number;
  ended_at: number;
  max_attendees: number;
  was_moved: Flag;
}

interface LearntRow {
  key: string;
  at: number;
  value: JsonText;
}

interface OrphanRow {
  server_id: string;
  scoped_id: string;
  noted_at: number;
  cause: Orphan['cause'];
}

interface PlacementRow {
  id: string;
  at: number;
  tenant_id: string;
  meeting_id: string;
  server_id: string | null;
  policy: PolicyName;
  expected_attendees: number;
  decision: JsonText;
  retries: JsonText;
}

interface AuditRow {
  id: string;
  at: number;
  actor: string;
  action: string;
  target: string;
  detail: string;
}

interface CallbackRow {
  id: string;
  kind: CallbackKind;
  key: string;
  digest: string;
  tenant_id: string;
  meeting_id: string | null;
  target: string;
  origin: string;
  lane: string | null;
  content: JsonText;
  state: CallbackState;
  is_ready: Flag;
  attempts: number;
  created_at: number;
  due_at: number;
  expires_at: number;
  ended_at: number | null;
  last_failure: string | null;
  outcome: string | null;
}

interface KeyRow {
  name: string;
  value: string;
}

/** The tables as Kysely sees them. Times are ms since 1970. */
export interface Database extends RecordingTables, HookTables {
  servers: ServerRow;
  tenants: TenantRow;
  meetings: MeetingRow;
  meeting_history: MeetingHistoryRow;
  learnt: LearntRow;
  orphans: OrphanRow;
  placements: PlacementRow;
  audit: AuditRow;
  callbacks: CallbackRow;
  archived_recordings: ArchivedRecordingRow;
  recording_imports: RecordingImportRow;
  callback_targets: CallbackTargetRow;
  keys: KeyRow;
}
