import type { RecordingArchive } from './recording-archive.js';

export interface FollowTenantsDeps {
  readonly archive: Pick<RecordingArchive, 'giveToNamed'>;
  /** IDs of the tenants that are there. */
  readonly tenantIds: () => readonly string[];
}

/** A look that gives recordings to the tenants that have come since the last one; one that was cut or failed counts not. */
export function followTenants({
  archive,
  tenantIds,
}: FollowTenantsDeps): (signal: AbortSignal) => Promise<void> {
  let known: ReadonlySet<string> = new Set(tenantIds());
  return async (signal) => {
    const ids = tenantIds();
    if (!ids.every((id) => known.has(id))) {
      await archive.giveToNamed(signal);
      if (signal.aborted) return;
    }
    known = new Set(ids);
  };
}
