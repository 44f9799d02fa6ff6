import { ARCHIVE, NOBODY, type RecordingStore } from '../recording-index.js';
import { exists } from './archive-folders.js';
import type {
  ArchivedFormat,
  ArchivedRecording,
  ArchiveStore,
  ImportedRecording,
} from './archived-recording.js';
import { indexEntry, type IndexEntryDeps } from './index-entry.js';
import { InTurn } from './in-turn.js';
import { changedMetadata, isPublishedAfter, mergeImport } from './merge-recording.js';
import { isAdmitted, ownerOf, ownerOnDisk, requireOwner, type OwnerOnDiskDeps } from './recording-owner.js';

export interface RecordingArchiveDeps extends OwnerOnDiskDeps, IndexEntryDeps {
  readonly store: ArchiveStore;
  readonly index: Pick<RecordingStore, 'saveRecordings' | 'removeRecordings' | 'knownRecordings'>;
  /** Whether new recordings are protected. */
  readonly protectNew: boolean;
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
  admit(entry: ImportedRecording): void {
    requireOwner(this.#deps, entry);
  }

  /** False where `admit` throws. */
  admits(entry: ImportedRecording): boolean {
    return isAdmitted(this.#deps, entry);
  }

  /** Whether it is there already, with the tenant that it would be given now: else it is to be imported again. */
  async holds(entry: ImportedRecording): Promise<boolean> {
    const known = await this.find(entry.recordId);
    if (known === undefined || !this.admits(entry)) return false;
    return (await ownerOf(this.#deps, known, entry)) === known.tenantId;
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
        const [place, other] = folders.places(isPublished, entry.playback.format, entry.recordId);
        // Over the old version where that lies: of two, a cut here and a move by the row would leave the old one.
        await folders.moveIn(folderOf(entry), (await exists(other)) ? other : place);
        await folders.moveIn(other, place);
      });
    }
  }

  /** Deletes what `moveIn` has moved and was not recorded. */
  async takeBack({ recordId, playback: { format } }: ImportedRecording): Promise<void> {
    await this.#turns.run(recordId, async () => {
      const formats = (await this.find(recordId))?.formats ?? [];
      if (!formats.some((known) => known.format === format)) await this.#discard(recordId, [{ format }]);
    });
  }

  /** Writes rows and index of what `moveIn` has moved; resolves with the recordings as they are then. Throws as `admit`. */
  async record(found: readonly ImportedRecording[]): Promise<readonly ArchivedRecording[]> {
    const { folders } = this.#deps;
    const byId = new Map<string, ArchivedRecording>();
    for (const entry of found) {
      const recording = await this.#turns.run(entry.recordId, async () => {
        const known = await this.#deps.store.findArchived(entry.recordId);
        // Deleted in the moment between.
        if (!(await folders.hasFormat(entry.playback.format, entry.recordId))) return known;
        // Its tenant may have been removed since it was unpacked.
        this.admit(entry);
        const unowned = mergeImport(known, entry, this.#deps.protectNew);
        const merged = { ...unowned, tenantId: await ownerOf(this.#deps, unowned, entry) };
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

  /** Puts files and index right for every row, also as `giveToNamed`; for the start, after a crash. */
  async repair(signal: AbortSignal): Promise<void> {
    await this.#deps.folders.emptyTrash();
    await this.giveToNamed(signal);
  }

  /**
   * Gives recordings of the default tenant to the tenants that their files name; for when there are new ones. Files that
   * cannot be read or moved are logged, and the others go on. Rejects when the store fails.
   */
  async giveToNamed(signal: AbortSignal): Promise<void> {
    let after = '';
    for (;;) {
      const page = await this.#deps.store.listArchived(after, PAGE);
      for (const { recordId } of page) {
        if (signal.aborted) return;
        await this.#setRight(recordId);
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

  async #setRight(recordId: string): Promise<void> {
    const given = await this.#turns.run(recordId, async () => {
      const known = await this.#deps.store.findArchived(recordId);
      if (known === undefined) return undefined;
      const owned = { ...known, tenantId: await ownerOnDisk(this.#deps, known) };
      const isGiven = owned.tenantId !== known.tenantId;
      if (isGiven) await this.#deps.store.saveArchived(owned);
      // Always: an earlier one may have failed between row and index.
      try {
        await this.#place(owned);
      } catch (error) {
        this.#deps.logger.error('files of a recording cannot be moved to their place', { recordId, error });
      }
      await this.#enter(owned);
      return isGiven ? owned : undefined;
    });
    if (given !== undefined) await this.#adopt(given);
  }

  #change(
    recordId: string,
    change: (known: ArchivedRecording) => ArchivedRecording,
    follow = (changed: ArchivedRecording): Promise<void> => this.#follow(changed),
  ): Promise<boolean> {
    return this.#turns.run(recordId, async () => {
      const known = await this.#deps.store.findArchived(recordId);
      if (known === undefined) return false;
      const changed = change(known);
      await this.#deps.store.saveArchived(changed);
      await follow(changed);
      return true;
    });
  }

  /** Moves files to where the row wants them and writes the index. Other formats may be an import's that is under way. */
  async #follow(recording: ArchivedRecording): Promise<void> {
    await this.#place(recording);
    await this.#enter(recording);
  }

  async #place({ recordId, isPublished, formats }: ArchivedRecording): Promise<void> {
    const { folders } = this.#deps;
    for (const { format } of formats) {
      const [place, other] = folders.places(isPublished, format, recordId);
      await folders.moveIn(other, place);
    }
  }

  async #enter(recording: ArchivedRecording): Promise<void> {
    const { index } = this.#deps;
    const entry = await indexEntry(this.#deps, recording);
    const [known] = await index.knownRecordings(ARCHIVE, [recording.recordId]);
    if (known?.digest !== entry.digest) await index.saveRecordings([entry]);
  }

  async #discard(recordId: string, formats: readonly Pick<ArchivedFormat, 'format'>[]): Promise<void> {
    const { folders } = this.#deps;
    for (const { format } of formats)
      for (const place of folders.places(true, format, recordId)) await folders.discard(place);
  }

  async #adopt(parent: ArchivedRecording): Promise<void> {
    for (const child of await this.#deps.store.listBreakouts(parent.recordId)) {
      if (child.tenantId !== parent.tenantId) {
        // Where files lie is not told by their tenant.
        await this.#change(
          child.recordId,
          (known) => ({ ...known, tenantId: parent.tenantId }),
          (given) => this.#enter(given),
        );
      }
    }
  }
}
