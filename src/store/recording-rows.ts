import type { ChangeCall } from '../recordings/pending-change.js';
import type { ListOrder } from '../recordings/recording-walks.js';

/** One entry of the index of recordings. */
export interface RecordingRow {
  record_id: string;
  server_id: string;
  tenant_id: string;
  meeting_id: string;
  parent_id: string | null;
  state: string;
  start_time: number;
  end_time: number;
  digest: string;
  read_at: number;
  xml: Buffer;
}

interface RecordingMetadataRow {
  record_id: string;
  server_id: string;
  key: string;
  value: string;
  value_digest: string;
}

interface RecordingWalkRow {
  server_id: string;
  walked_at: number;
  list_order: ListOrder;
  listed: number;
}

interface RecordingChangeRow {
  record_id: string;
  server_id: string;
  call: ChangeCall;
  query: string;
  asked_at: number;
  attempts: number;
  due_at: number;
}

/** The tables of the index of recordings. Times are ms since 1970. */
export interface RecordingTables {
  recordings: RecordingRow;
  recording_metadata: RecordingMetadataRow;
  recording_walks: RecordingWalkRow;
  recording_changes: RecordingChangeRow;
}
