import { NOBODY } from '../recording-index.js';
import type { ArchivedRecording, ArchiveStore } from './archived-recording.js';
import type { RecordingArchive } from './recording-archive.js';

export interface ExpireDeps {
  readonly store: Pick<ArchiveStore, 'listArchived'>;
  readonly archive: Pick<RecordingArchive, 'remove'>;
  /** How long recordings of a tenant are kept; `undefined`: for ever. */
  readonly keepForMs: (tenantId: string) => number | undefined;
  readonly now: () => number;
}

/** A recording whose time is over. Times are ms since 1970. */
export interface ExpiredRecording {
  readonly recordId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly endTime: number;
}

const PAGE = 200;

/** Deletes the recordings whose time is over; with `isDryRun` only names them. */
export async function expireRecordings(
  deps: ExpireDeps,
  { isDryRun = false, signal }: { readonly isDryRun?: boolean; readonly signal?: AbortSignal } = {},
): Promise<readonly ExpiredRecording[]> {
  const expired: ExpiredRecording[] = [];
  let after = '';
  for (;;) {
    const page = await deps.store.listArchived(after, PAGE);
    for (const recording of page.filter((candidate) => isOver(candidate, deps))) {
      if (signal?.aborted === true) return expired;
      const { recordId, tenantId, name, endTime } = recording;
      if (isDryRun || (await deps.archive.remove(recordId)))
        expired.push({ recordId, tenantId, name, endTime });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return expired;
    after = last.recordId;
  }
}

/** A recording that is nobody's yet waits for its parent, and then has that tenant's time. */
function isOver({ tenantId, endTime }: ArchivedRecording, { keepForMs, now }: ExpireDeps): boolean {
  const keptMs = tenantId === NOBODY ? undefined : keepForMs(tenantId);
  // 0 is unknown, and not long ago.
  return keptMs !== undefined && endTime > 0 && endTime < now() - keptMs;
}
