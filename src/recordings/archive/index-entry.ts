import { createHash } from 'node:crypto';
import { unscopedMeetingId } from '../../tenants/meeting-scope.js';
import { readMetadata } from '../recording-element.js';
import { ARCHIVE, type IndexedRecording } from '../recording-index.js';
import type { ArchivedRecording } from './archived-recording.js';
import { stateOf, writeRecording } from './recording-xml.js';

export interface IndexEntryDeps {
  /** Puts the front end's own callback addresses in the place of Ballast's. */
  readonly restoreUrls: (xml: Buffer, tenantId: string) => Promise<Buffer>;
  readonly now: () => number;
}

/** A recording of the archive as the index keeps it, for its tenant's front end. */
export async function indexEntry(
  { restoreUrls, now }: IndexEntryDeps,
  recording: ArchivedRecording,
): Promise<IndexedRecording> {
  const { recordId, tenantId, parentId, startTime, endTime } = recording;
  const meetingId = unscopedMeetingId(tenantId, recording.scopedMeetingId);
  const xml = await restoreUrls(writeRecording(recording, meetingId), tenantId);
  return {
    ...{ recordId, tenantId, meetingId, parentId, startTime, endTime, xml },
    serverId: ARCHIVE,
    state: stateOf(recording),
    // As front ends see it, so that they find it by what they see.
    metadata: readMetadata(xml),
    digest: createHash('sha256').update(tenantId).update('\n').update(xml).digest('hex'),
    readAt: now(),
  };
}
