import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../log.js';
import { DEFAULT_TENANT } from '../../tenants/tenant.js';
import { tenantIdOfMark, tenantMark } from '../../tenants/tenant-mark.js';
import { NOBODY } from '../recording-index.js';
import { ArchiveFault } from './archive-fault.js';
import { isMissing, sizeOf, type ArchiveFolders } from './archive-folders.js';
import type { ArchivedRecording, ArchiveStore, ImportedRecording } from './archived-recording.js';
import { MAX_METADATA_BYTES, readMetadata } from './read-metadata.js';

/** Who tells whose a recording is. */
export interface OwnerDeps {
  readonly store: Pick<ArchiveStore, 'findArchived'>;
  /** Whose a recording is, by its meeting's ID on the servers and its mark; `undefined`: its mark names nobody. */
  readonly tenantOf: (scopedMeetingId: string, mark: string | undefined) => string | undefined;
  /** True while only the default tenant exists. */
  readonly isSingleTenant: () => boolean;
}

/** Of what looks into the files. */
export interface OwnerOnDiskDeps extends OwnerDeps {
  readonly folders: ArchiveFolders;
  readonly logger: Logger;
}

type Marked = Pick<ImportedRecording, 'scopedMeetingId' | 'metadata'>;

/** Whether the tenant whose it is is there. */
export function isAdmitted({ tenantOf }: Pick<OwnerDeps, 'tenantOf'>, entry: Marked): boolean {
  const mark = markOf(entry);
  return mark === undefined || tenantOf(entry.scopedMeetingId, mark) !== undefined;
}

/** Throws ArchiveFault for a recording of a tenant that is not there: nobody else may see it. */
export function requireOwner(deps: Pick<OwnerDeps, 'tenantOf'>, entry: Marked): void {
  const mark = markOf(entry);
  if (mark === undefined || isAdmitted(deps, entry)) return;
  throw new ArchiveFault(
    'bad-archive',
    `it is of Scalelite's tenant "${mark}", and there is no tenant "${tenantIdOfMark(mark)}": apply one, then retry`,
  );
}

/**
 * Whose a recording is from now on; `file` is what its metadata.xml says, and not the row, which front ends may change.
 * The ID of a breakout room's meeting is made by BBB and names no tenant: its parent tells whose it is.
 */
export async function ownerOf(deps: OwnerDeps, recording: ArchivedRecording, file: Marked): Promise<string> {
  const { parentId, scopedMeetingId, tenantId: before } = recording;
  const isSingle = deps.isSingleTenant();
  if (parentId !== undefined && !isSingle) {
    const parent = await deps.store.findArchived(parentId);
    return parent?.tenantId ?? before;
  }
  const tenantId = deps.tenantOf(scopedMeetingId, markOf(file)) ?? before;
  const isNamed = tenantId !== DEFAULT_TENANT || before === NOBODY || isSingle;
  return isNamed ? tenantId : before;
}

/**
 * Whose a recording of the default tenant is by what its files say, once there are others; any other recording stays with
 * its tenant. A metadata.xml that cannot be read says nothing, whatever the fault.
 */
export async function ownerOnDisk(deps: OwnerOnDiskDeps, recording: ArchivedRecording): Promise<string> {
  if (recording.tenantId !== DEFAULT_TENANT || deps.isSingleTenant()) return recording.tenantId;
  for (const { format } of recording.formats) {
    const file = await readFormat(deps, format, recording.recordId);
    const tenantId = file === undefined ? DEFAULT_TENANT : await ownerOf(deps, recording, file);
    if (tenantId !== DEFAULT_TENANT) return tenantId;
  }
  return DEFAULT_TENANT;
}

async function readFormat(
  { folders, logger }: Pick<OwnerOnDiskDeps, 'folders' | 'logger'>,
  format: string,
  recordId: string,
): Promise<ImportedRecording | undefined> {
  for (const isPublished of [true, false]) {
    const path = join(folders.format(isPublished, format, recordId), 'metadata.xml');
    try {
      if (((await sizeOf(path)) ?? Infinity) > MAX_METADATA_BYTES) continue;
      return readMetadata(await readFile(path));
    } catch (error) {
      if (!(error instanceof ArchiveFault) && !isMissing(error))
        logger.error('metadata.xml of a recording cannot be read', { recordId, format, error });
    }
  }
  return undefined;
}

function markOf({ metadata }: Marked): string | undefined {
  return tenantMark((key) => metadata[key]);
}
