import type { RawQuery } from '../bbb/raw-query.js';
import { meetingOwner } from './meeting-scope.js';
import { DEFAULT_TENANT } from './tenant.js';

/**
 * The metadata by which Scalelite marks the meetings of its tenants; it forces `meta_tenant-name` at each create. Ballast
 * marks none and lets no front end do so: what carries it was not created through Ballast.
 */
const MARK = 'tenant-name';
const PARAMETER = `meta_${MARK}`;

/** The tenant's name that a recording's metadata carry, as Scalelite wrote it; `valueOf` reads them by key as BBB writes it. */
export function tenantMark(valueOf: (key: string) => string | undefined): string | undefined {
  const name = valueOf(MARK)?.trim();
  return name === '' ? undefined : name;
}

/** Whether it is worth reading the metadata in a recording's XML for the mark: few recordings have one. */
export function mayHoldTenantMark(xml: Buffer): boolean {
  return xml.includes(`<${MARK}>`);
}

/** The ID under which `import-scalelite` carries a tenant over: its name, but for one that is Ballast's own. */
export function tenantIdOfMark(name: string): string {
  return name.toLowerCase() === DEFAULT_TENANT ? `${DEFAULT_TENANT}-tenant` : name;
}

/**
 * Whose a recording is, by its meeting's ID on the servers and its mark. A tenant's scope in the ID comes first: Ballast
 * has put it there. `undefined`: the mark names a tenant that is not there.
 */
export function recordingTenant(
  scopedId: string,
  mark: string | undefined,
  isTenant: (id: string) => boolean,
): string | undefined {
  const { tenantId } = meetingOwner(scopedId, isTenant);
  if (tenantId !== DEFAULT_TENANT || mark === undefined) return tenantId;
  const marked = tenantIdOfMark(mark);
  return isTenant(marked) ? marked : undefined;
}

/** A front end's query without the mark, in whatever spelling a server might take for it. */
export function withoutTenantMark(query: RawQuery): RawQuery {
  const names = query
    .names()
    .filter((name) => name.replace(/[\p{C}\p{Z}]/gu, '').toLowerCase() === PARAMETER);
  return names.length === 0 ? query : query.without(...names);
}
