import { expect } from 'chai';
import type { ArchivedRecording } from '../../../src/recordings/archive/archived-recording.js';
import type { RecordingImport } from '../../../src/recordings/archive/recording-import.js';
import type { ArchiveStores } from '../../../src/store/timed-archive.js';

const format = {
  ...{ format: 'video', link: '/video/x/', durationMs: 5, processingTimeMs: undefined, sizeBytes: 7 },
  previews: [{ width: '1', height: '2', alt: 'a "b"', path: '/x.png' }],
  extensionsXml: '<chapters/>',
};

const facts = {
  ...{ scopedMeetingId: 'school--room', name: 'Ä room', isBreakout: false, parentId: undefined },
  ...{ breakout: { sequence: '1' }, breakoutRooms: ['x'], isPublished: true },
  ...{ startTime: 1, endTime: 2 ** 41, participants: undefined, rawSizeBytes: 2 ** 40 },
  metadata: { course: 'Maths', empty: '' },
};

function recording(recordId: string, parentId?: string): ArchivedRecording {
  const own = { tenantId: 'school', isPublishedByCall: false, isProtected: true };
  return { ...facts, ...own, recordId, parentId, formats: [format] };
}

function imported(id: string, step: RecordingImport['step'], receivedAt: number): RecordingImport {
  return {
    id,
    step,
    receivedAt,
    changedAt: receivedAt,
    name: 'x.tar',
    sizeBytes: 2 ** 34,
    reason: undefined,
    found: [],
    missing: [],
  };
}

/** What the archive's tables hold to; they are empty before each test. */
export function describeArchiveStore(stores: () => ArchiveStores): void {
  describe('ArchiveStore', () => {
    it('gives back recordings as they were saved, and nothing once they were removed', async () => {
      const { archive } = stores();
      const given = recording('a');
      await archive.saveArchived(given);
      expect(await archive.findArchived('a')).to.deep.equal(given);
      await archive.saveArchived({ ...given, isPublished: false });
      expect(await archive.findArchived('a')).to.include({ isPublished: false });
      await archive.removeArchived('a');
      expect(await archive.findArchived('a')).to.equal(undefined);
    });

    it('lists in order of ID from where a page ended, and breakout rooms of a parent', async () => {
      const { archive } = stores();
      for (const id of ['c', 'a', 'b'])
        await archive.saveArchived(recording(id, id === 'a' ? undefined : 'a'));
      const ids = (page: readonly ArchivedRecording[]): readonly string[] =>
        page.map(({ recordId }) => recordId);
      expect(ids(await archive.listArchived('', 2))).to.deep.equal(['a', 'b']);
      expect(ids(await archive.listArchived('b', 2))).to.deep.equal(['c']);
      expect(ids(await archive.listBreakouts('a'))).to.deep.equal(['b', 'c']);
    });
  });

  describe('ImportJournal', () => {
    it('keeps imports by step, the oldest first, and forgets those that were done long ago', async () => {
      const { recordingImports } = stores();
      const full = {
        ...imported('a', 'unpacked', 30),
        reason: 'because',
        found: [{ ...facts, recordId: 'r', playback: format }],
        missing: ['video/r'],
      };
      await recordingImports.saveImport(full);
      await recordingImports.saveImport(imported('b', 'received', 20));
      await recordingImports.saveImport(imported('c', 'done', 10));
      await recordingImports.saveImport(imported('d', 'done', 40));
      expect(await recordingImports.findImport('a')).to.deep.equal(full);
      const open = await recordingImports.listImports(['received', 'unpacked']);
      expect(open.map(({ id }) => id)).to.deep.equal(['b', 'a']);
      await recordingImports.pruneImports(40);
      expect(await recordingImports.findImport('c')).to.equal(undefined);
      expect(await recordingImports.findImport('d')).not.to.equal(undefined);
      await recordingImports.removeImport('d');
      expect(await recordingImports.findImport('d')).to.equal(undefined);
      await recordingImports.saveImport({ ...full, step: 'failed' });
      expect(await recordingImports.listImports(['unpacked'])).to.deep.equal([]);
    });
  });
}
