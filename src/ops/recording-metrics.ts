import type { MetricBook } from './metric-book.js';

/** What reading the servers' recordings reports. */
export interface RecordingHooks {
  recordingsWalked(serverId: string, outcome: 'ok' | 'failed'): void;
}

/** The index of recordings. */
export function recordingMetrics(book: MetricBook): RecordingHooks {
  book.readOne('ballast_recordings', 'Recordings in the index, deleted ones left out.', (sources) =>
    sources.recordings?.(),
  );
  book.readOne(
    'ballast_recording_changes_pending',
    'Changes of recordings that servers have yet to be told.',
    (sources) => sources.recordingChangesPending?.(),
  );
  book.readOne(
    'ballast_recording_servers_unread',
    'Servers whose recordings were never read; while there is one, every getRecordings fails. No disabled ones that do not answer.',
    (sources) => sources.recordingServersUnread?.(),
  );
  const walks = book.perServer(
    'ballast_recording_walks_total',
    "Times a server's list of recordings was read, whole or its new end, by outcome (ok, failed).",
    'outcome',
  );
  return {
    recordingsWalked: (serverId, outcome) => {
      walks.inc(serverId, outcome);
    },
  };
}
