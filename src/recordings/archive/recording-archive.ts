import { createHash } from 'node:crypto';
import { unscopedMeetingId } from '../../tenants/meeting-scope.js';
import { DEFAULT_TENANT } from '../../tenants/tenant.js';
import { tenantIdOfMark, tenantMark } from '../../tenants/tenant-mark.js';
import { readMetadata } from '../recording-element.js';
import { ARCHIVE, NOBODY, type IndexedRecording, type RecordingStore } from '../recording-index.js';
import { ArchiveFault } from './archive-fault.js';
import type { ArchiveFolders } from './archive-folders.js';
import { type ArchivedRecording, type ArchiveStore, type ImportedRecording } from './archived-recording.js';
import { InTurn } from './in-turn.js';
import { changedMetadata, isPublishedAfter, mergeImport } from './merge-recording.js';
import { stateOf, writeRecording } from './recording-xml.js';

export interface RecordingArchiveDeps {
  readonly store: ArchiveStore;
  readonly index: Pick<RecordingStore, 'saveRecordings' | 'removeRecordings' | 'knownRecordings'>;
  readonly folders: ArchiveFolders;
  /** Whose a recording is, by its meeting's ID on the servers and its mark; `undefined`: its mark names nobody. */
  readonly tenantOf: (scopedMeetingId: string, mark: string | undefined) => string | undefined;
  /** True while only the default tenant exists. */
  readonly isSingleTenant: () => boolean;
  /** Puts the front end's own callback addresses in the place of Ballast's. */
  readonly restoreUrls: (xml: Buffer, tenantId: string) => Promise<Buffer>;
  /** Whether new recordings are protected. */
  readonly protectNew: boolean;
  readonly now: () => number;
}

/** What updateRecordings changes; an empty value removes a key. */
export interface ArchiveUpdate {
  /** By lower-case key. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly isProtected?: boolean | undefined;
}

const PAGE = 200;

/**
 * The recordings that Ballast keeps itself. The row says what holds (published, protected, metadata); files and index
 * follow it, and `repair` makes up for a crash in between.
 */
export class RecordingArchive {
  readonly #deps: RecordingArchiveDeps;
  readonly #turns = new InTurn();

  constructor(deps: RecordingArchiveDeps) {
    this.#deps = deps;
  }

  find(recordId: string): Promise<ArchivedRecording | undefined> {
    return this.#deps.store.findArchived(recordId);
  }

  /** Throws ArchiveFault for a recording of a tenant that is not there: nobody else may see it. */
  admit({ scopedMeetingId, metadata }: ImportedRecording): void {
    const mark = tenantMark((key) => metadata[key]);
    if (mark === undefined || this.#deps.tenantOf(scopedMeetingId, mark) !== undefined) return;
    throw new ArchiveFault(
      'bad-archive',
      `it is of Scalelite's tenant "${mark}", and there is no tenant "${tenantIdOfMark(mark)}": apply one, then retry`,
    );
  }

  /** Moves unpacked files in; what has been moved already is left alone. `work` holds FORMAT/RECORDID folders. */
  async moveIn(
    found: readonly ImportedRecording[],
    folderOf: (entry: ImportedRecording) => string,
  ): Promise<void> {
    const { folders } = this.#deps;
    for (const entry of found) {
      await this.#turns.run(entry.recordId, async () => {
        const known = await this.#deps.store.findArchived(entry.recordId);
        const isPublished = isPublishedAfter(known, entry);
        await folders.moveIn(
          folderOf(entry),
          folders.format(isPublished, entry.playback.format, entry.recordId),
        );
      });
    }
  }

  /** Writes rows and index of what `moveIn` has moved; resolves with the recordings as they are then. */
  async record(found: readonly ImportedRecording[]): Promise<readonly ArchivedRecording[]> {
    const { folders } = this.#deps;
    const byId = new Map<string, ArchivedRecording>();
    for (const entry of found) {
      const recording = await this.#turns.run(entry.recordId, async () => {
        const known = await this.#deps.store.findArchived(entry.recordId);
        // Deleted in the moment between.
        if (!(await folders.hasFormat(entry.playback.format, entry.recordId))) return known;
        const merged = await this.#owned(mergeImport(known, entry, this.#deps.protectNew), entry);
        await this.#deps.store.saveArchived(merged);
        await this.#follow(merged);
        return merged;
      });
      if (recording !== undefined) byId.set(recording.recordId, recording);
    }
    for (const parent of byId.values()) if (parent.tenantId !== NOBODY) await this.#adopt(parent);
    return [...byId.values()];
  }

  /** Publishes or unpublishes; false when there is no such recording. */
  publish(recordId: string, isPublished: boolean): Promise<boolean> {
    return this.#change(recordId, (known) => ({ ...known, isPublished, isPublishedByCall: true }));
  }

  /** Changes metadata and protection; false when there is no such recording. */
  update(recordId: string, { metadata, isProtected }: ArchiveUpdate): Promise<boolean> {
    return this.#change(recordId, (known) => ({
      ...known,
      metadata: changedMetadata(known.metadata, metadata),
      isProtected: isProtected ?? known.isProtected,
    }));
  }

  /** Deletes a recording, or one of its formats; false when there is no such. */
  async remove(recordId: string, format?: string): Promise<boolean> {
    return this.#turns.run(recordId, async () => {
      const { store, index } = this.#deps;
      const known = await store.findArchived(recordId);
      if (known === undefined) return false;
      const left = known.formats.filter((other) => format !== undefined && other.format !== format);
      if (left.length === known.formats.length) return false;
      if (left.length > 0) {
        await this.#discard(
          recordId,
          known.formats.filter((other) => !left.includes(other)),
        );
        const rest = { ...known, formats: left };
        await store.saveArchived(rest);
        await this.#follow(rest);
        return true;
      }
      // Out of sight first; the row goes last, so that a crash leaves something that a second call finds.
      await index.removeRecordings(ARCHIVE, [recordId]);
      await this.#discard(recordId, known.formats);
      await store.removeArchived(recordId);
      return true;
    });
  }

  /** Puts files and index right for every row; for the start, after a crash. */
  async repair(signal: AbortSignal): Promise<void> {
    const { store, folders } = this.#deps;
    await folders.emptyTrash();
    let after = '';
    for (;;) {
      const page = await store.listArchived(after, PAGE);
      for (const { recordId } of page) {
        if (signal.aborted) return;
        await this.#turns.run(recordId, async () => {
          const known = await store.findArchived(recordId);
          if (known !== undefined) await this.#follow(known);
        });
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.recordId;
    }
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    await this.#turns.settled();
  }

  #change(recordId: string, change: (known: ArchivedRecording) => ArchivedRecording): Promise<boolean> {
    return this.#turns.run(recordId, async () => {
      const known = await this.#deps.store.findArchived(recordId);
      if (known === undefined) return false;
      const changed = change(known);
      await this.#deps.store.saveArchived(changed);
      await this.#follow(changed);
      return true;
    });
  }

  /** Moves files to where the row wants them and writes the index. Other formats may be an import's that is under way. */
  async #follow(recording: ArchivedRecording): Promise<void> {
    const { folders, index } = this.#deps;
    const { recordId, isPublished, formats } = recording;
    for (const { format } of formats) {
      await folders.moveIn(
        folders.format(!isPublished, format, recordId),
        folders.format(isPublished, format, recordId),
      );
    }
    const entry = await this.#entryOf(recording);
    const [known] = await index.knownRecordings(ARCHIVE, [recordId]);
    if (known?.digest !== entry.digest) await index.saveRecordings([entry]);
  }

  async #discard(recordId: string, formats: ArchivedRecording['formats']): Promise<void> {
    const { folders } = this.#deps;
    for (const { format } of formats) {
      for (const isPublished of [true, false]) {
        await folders.discard(folders.format(isPublished, format, recordId));
      }
    }
  }

  async #entryOf(recording: ArchivedRecording): Promise<IndexedRecording> {
    const meetingId = unscopedMeetingId(recording.tenantId, recording.scopedMeetingId);
    const xml = await this.#deps.restoreUrls(writeRecording(recording, meetingId), recording.tenantId);
    return {
      recordId: recording.recordId,
      serverId: ARCHIVE,
      tenantId: recording.tenantId,
      meetingId,
      parentId: recording.parentId,
      state: stateOf(recording),
      startTime: recording.startTime,
      endTime: recording.endTime,
      // As front ends see it, so that they find it by what they see.
      metadata: readMetadata(xml),
      xml,
      digest: createHash('sha256').update(recording.tenantId).update('\n').update(xml).digest('hex'),
      readAt: this.#deps.now(),
    };
  }

  /** The ID of a breakout room's meeting is made by BBB and names no tenant: its parent tells whose it is. */
  async #owned(recording: ArchivedRecording, { metadata }: ImportedRecording): Promise<ArchivedRecording> {
    const { parentId, scopedMeetingId, tenantId: before } = recording;
    if (parentId !== undefined && !this.#deps.isSingleTenant()) {
      const parent = await this.#deps.store.findArchived(parentId);
      return { ...recording, tenantId: parent?.tenantId ?? before };
    }
    // As the file says, not the row, which front ends may change.
    const tenantId =
      this.#deps.tenantOf(
        scopedMeetingId,
        tenantMark((key) => metadata[key]),
      ) ?? before;
    const isNamed = tenantId !== DEFAULT_TENANT || before === NOBODY;
    return { ...recording, tenantId: isNamed ? tenantId : before };
  }

  async #adopt(parent: ArchivedRecording): Promise<void> {
    for (const child of await this.#deps.store.listBreakouts(parent.recordId)) {
      if (child.tenantId !== parent.tenantId) {
        await this.#change(child.recordId, (known) => ({ ...known, tenantId: parent.tenantId }));
      }
    }
  }
}
