/** One callback target, as the table keeps it; lists and URLs are JSON. */
export interface CallbackTargetRow {
  id: string;
  tenant_id: string;
  meeting_id: string;
  urls: string;
  created_at: number;
  session: number;
  internal_meeting_ids: string;
  ended_at: number | null;
  told_at: number | null;
  is_recorded: 0 | 1;
  recorded_on: string;
}
