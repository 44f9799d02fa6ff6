import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { unscopedMeetingId } from '../tenants/meeting-scope.js';
import { restoreMeetingIds } from '../tenants/restore-meeting-ids.js';
import { mayHoldTenantMark, tenantMark } from '../tenants/tenant-mark.js';
import { DEFAULT_TENANT } from '../tenants/tenant.js';
import { readMetadata, type RecordingElement } from './recording-element.js';
import { NOBODY, type IndexedRecording, type RecordingStore } from './recording-index.js';

export interface RecordingIndexerDeps {
  readonly store: RecordingStore;
  /** Whose a recording is, by its meeting's ID on the servers and its mark; `undefined`: its mark names nobody. */
  readonly tenantOf: (scopedId: string, mark: string | undefined) => string | undefined;
  /** True while only the default tenant exists. */
  readonly isSingleTenant: () => boolean;
  /** Puts the front end's own callback URLs in the place of Ballast's. */
  readonly restoreUrls: (xml: Buffer, tenantId: string) => Promise<Buffer>;
}

/** New recordings read without a pause: some milliseconds. */
const READ_AT_ONCE = 25;

/** Writes into the index what servers show; what is there already in the same words is not written again. */
export class RecordingIndexer {
  readonly #deps: RecordingIndexerDeps;

  constructor(deps: RecordingIndexerDeps) {
    this.#deps = deps;
  }

  /** Gives how many were new or changed. `readAt`, ms since 1970, is when the server was asked. */
  async index(serverId: string, shown: readonly RecordingElement[], readAt: number): Promise<number> {
    const elements = new Map(shown.flatMap((it) => (it.recordId === '' ? [] : [[it.recordId, it]])));
    const { store } = this.#deps;
    const found = await store.knownRecordings(serverId, [...elements.keys()]);
    const known = new Map(found.map(({ recordId, digest }) => [recordId, digest]));
    const tenants = await this.#tenantsOf(elements);
    const changed: IndexedRecording[] = [];
    for (const element of elements.values()) {
      const tenantId = tenants.get(element.recordId) ?? NOBODY;
      const digest = digestOf(element, tenantId);
      if (known.get(element.recordId) === digest) continue;
      changed.push(await this.#entry(serverId, element, { tenantId, digest, readAt }));
      // Whoever waits for the process has a turn.
      if (changed.length % READ_AT_ONCE === 0) await setImmediate();
    }
    await store.saveRecordings(changed);
    if (!this.#deps.isSingleTenant()) await this.#adoptBreakouts(changed);
    return changed.length;
  }

  /** By record ID. The meeting ID of a breakout room is made by BBB and names no tenant: its parent tells whose it is. */
  async #tenantsOf(elements: ReadonlyMap<string, RecordingElement>): Promise<ReadonlyMap<string, string>> {
    const { store, isSingleTenant } = this.#deps;
    if (isSingleTenant()) return new Map([...elements.keys()].map((id) => [id, DEFAULT_TENANT]));
    const asked = [...elements.values()].flatMap(({ parentId }) =>
      parentId === undefined || parentId === '' || elements.has(parentId) ? [] : [parentId],
    );
    const parents = asked.length === 0 ? [] : await store.findRecordings(asked);
    const tenantOf = new Map(parents.map(({ recordId, tenantId }) => [recordId, tenantId]));
    for (const element of elements.values()) {
      if (element.parentId !== undefined) continue;
      const tenantId = this.#deps.tenantOf(element.meetingId, markOf(element));
      tenantOf.set(element.recordId, tenantId ?? NOBODY);
    }
    return new Map(
      [...elements.values()].map(({ recordId, parentId }) => [
        recordId,
        tenantOf.get(parentId ?? recordId) ?? NOBODY,
      ]),
    );
  }

  async #entry(
    serverId: string,
    element: RecordingElement,
    { tenantId, digest, readAt }: Pick<IndexedRecording, 'tenantId' | 'digest' | 'readAt'>,
  ): Promise<IndexedRecording> {
    const { recordId, parentId, state, startTime, endTime, meetingId } = element;
    const xml = await this.#asShown(element.xml, tenantId);
    return {
      ...{ recordId, serverId, tenantId, parentId, state, startTime, endTime, digest, readAt, xml },
      meetingId: unscopedMeetingId(tenantId, meetingId),
      metadata: readMetadata(xml),
    };
  }

  /** A breakout room that was read before its parent is its tenant's from now on. */
  async #adoptBreakouts(changed: readonly IndexedRecording[]): Promise<void> {
    const tenantOf = new Map(
      changed.flatMap(({ recordId, tenantId, parentId }) =>
        parentId === undefined && tenantId !== NOBODY ? [[recordId, tenantId]] : [],
      ),
    );
    if (tenantOf.size === 0) return;
    const children = await this.#deps.store.findBreakouts([...tenantOf.keys()]);
    const adopted: IndexedRecording[] = [];
    for (const child of children) {
      const tenantId = tenantOf.get(child.parentId ?? '') ?? child.tenantId;
      if (tenantId === child.tenantId) continue;
      const xml = await this.#asShown(child.xml, tenantId);
      adopted.push({ ...child, tenantId, xml, metadata: readMetadata(xml), digest: '' });
    }
    await this.#deps.store.saveRecordings(adopted);
  }

  /** As the tenant's front end is to see it; what is nobody's is seen by nobody. */
  async #asShown(xml: Buffer, tenantId: string): Promise<Buffer> {
    if (tenantId === NOBODY) return xml;
    return this.#deps.restoreUrls(restoreMeetingIds(xml, tenantId), tenantId);
  }
}

function markOf({ xml }: RecordingElement): string | undefined {
  if (!mayHoldTenantMark(xml)) return undefined;
  const metadata = readMetadata(xml);
  return tenantMark((key) => metadata.get(key));
}

function digestOf({ xml }: RecordingElement, tenantId: string): string {
  return createHash('sha1').update(`${tenantId}\n`).update(xml).digest('base64url');
}
