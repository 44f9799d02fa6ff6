import type { ImportStep } from '../recordings/archive/recording-import.js';

/** A recording of the archive; what is asked for stands beside the JSON. */
export interface ArchivedRecordingRow {
  record_id: string;
  tenant_id: string;
  parent_id: string | null;
  end_time: number;
  recording: string;
}

/** One import, as the journal keeps it. */
export interface RecordingImportRow {
  id: string;
  name: string;
  size_bytes: number;
  step: ImportStep;
  reason: string | null;
  found: string;
  missing: string;
  received_at: number;
  changed_at: number;
}
