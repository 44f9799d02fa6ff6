import type { Flag, JsonText } from './schema.js';

/** One callback target, as the table keeps it. */
export interface CallbackTargetRow {
  id: string;
  tenant_id: string;
  meeting_id: string;
  urls: JsonText;
  created_at: number;
  session: number;
  internal_meeting_ids: JsonText;
  ended_at: number | null;
  told_at: number | null;
  is_recorded: Flag;
  recorded_on: JsonText;
}
