import type { RecordingElement } from './recording-element.js';

export interface OwnRecordingsOptions {
  /** Whether an external meeting ID, as BBB knows it, is the tenant's. */
  readonly isOwn: (meetingId: string) => boolean;
  /** Recordings by their record IDs, whoever's they are. */
  readonly find: (recordIds: readonly string[]) => Promise<readonly RecordingElement[]>;
}

/**
 * Those of the recordings that are a tenant's. The meeting ID of a breakout room is made by BBB and names no tenant:
 * its parent tells whose it is, and without one it is nobody's.
 */
export async function ownRecordings(
  all: readonly RecordingElement[],
  { isOwn, find }: OwnRecordingsOptions,
): Promise<readonly RecordingElement[]> {
  const known = new Map(all.map((recording) => [recording.recordId, recording]));
  const asked = new Set(
    all.flatMap(({ parentId }) =>
      parentId === undefined || parentId === '' || known.has(parentId) ? [] : [parentId],
    ),
  );
  if (asked.size > 0) {
    for (const parent of await find([...asked])) known.set(parent.recordId, parent);
  }
  return all.filter(({ parentId, meetingId }) => {
    const named = parentId === undefined ? meetingId : known.get(parentId)?.meetingId;
    return named !== undefined && isOwn(named);
  });
}
