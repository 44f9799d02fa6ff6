import { readMetadata } from '../../src/recordings/recording-element.js';
import type { IndexedRecording } from '../../src/recordings/recording-index.js';

/** An entry of the index; its element has its IDs and metadata. */
export function indexedRecording(
  recordId: string,
  { metadata = new Map(), ...changes }: Partial<IndexedRecording> = {},
): IndexedRecording {
  const items = [...metadata].map(([key, value]) => `<${key}>${value}</${key}>`).join('');
  const xml = Buffer.from(
    `<recording><recordID>${recordId}</recordID><metadata>${items}</metadata></recording>`,
  );
  return {
    ...{
      recordId,
      serverId: 'bbb1',
      tenantId: 'default',
      meetingId: `room-${recordId}`,
      parentId: undefined,
    },
    ...{ state: 'published', startTime: 1_000, endTime: 2_000, digest: 'd', readAt: 10, xml },
    metadata: readMetadata(xml),
    ...changes,
  };
}
