import type { RecordingServer } from '../../src/recordings/ask-recordings.js';
import { RecordingAsker } from '../../src/recordings/recording-asker.js';
import { RecordingIndexer } from '../../src/recordings/recording-indexer.js';
import type { ListedRecording } from '../../src/recordings/recording-index.js';
import { RecordingWalker } from '../../src/recordings/recording-walker.js';
import { silentLogger, type Logger } from '../../src/log.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { recordingTenant } from '../../src/tenants/tenant-mark.js';
import { until } from './app-rig.js';
import { ListingServers } from './listing-servers.js';
import { serverDefinition } from './poll-xml.js';

/** A walker over fake servers, with a store in memory and a clock that is set. */
export class WalkerRig {
  readonly listing = new ListingServers();
  readonly walks: string[] = [];
  readonly pool: RecordingServer[] = [];
  tenants: readonly string[] = [];
  now = 1_000_000;
  logger: Logger = silentLogger;
  readonly store: Store;
  walker!: RecordingWalker;
  asker!: RecordingAsker;

  private constructor(store: Store) {
    this.store = store;
  }

  static async start(...serverIds: readonly string[]): Promise<WalkerRig> {
    const rig = new WalkerRig(await openStore('sqlite::memory:', { logger: silentLogger }));
    for (const id of serverIds) rig.add(id);
    await rig.restart();
    return rig;
  }

  add(id: string): void {
    this.pool.push({ address: serverDefinition(id), isGone: false, isDisabled: false });
    this.listing.servers.set(id, { recordings: [] });
  }

  /** Puts a server into another condition. */
  set(id: string, change: Partial<RecordingServer>): void {
    const at = this.pool.findIndex(({ address }) => address.id === id);
    const server = this.pool[at];
    if (server !== undefined) this.pool[at] = { ...server, ...change };
  }

  async remove(id: string): Promise<void> {
    this.pool.splice(
      this.pool.findIndex(({ address }) => address.id === id),
      1,
    );
    await this.asker.forget(id);
    await this.walker.forget(id);
  }

  /** A new walker on the same store, as after a start. */
  async restart(): Promise<void> {
    await (this.walker as RecordingWalker | undefined)?.stop();
    await (this.asker as RecordingAsker | undefined)?.stop();
    const isTenant = (id: string): boolean => this.tenants.includes(id);
    const indexer = new RecordingIndexer({
      store: this.store.recordings,
      tenantOf: (id, mark) => recordingTenant(id, mark, isTenant),
      isSingleTenant: () => this.tenants.length === 0,
      restoreUrls: async (xml) => xml,
    });
    const asking = { client: this.listing, servers: () => this.pool, indexer, now: () => this.now };
    this.asker = new RecordingAsker({ ...asking, store: this.store.recordings });
    this.walker = await RecordingWalker.load({
      ...asking,
      store: this.store.recordings,
      walks: this.store.recordingWalks,
      refreshMs: 5_000,
      logger: this.logger,
      onWalk: (serverId, outcome) => this.walks.push(`${serverId} ${outcome}`),
    });
  }

  /** One round, to the end of each walk. */
  async round(): Promise<void> {
    const before = this.walks.length;
    const due = this.pool.filter(
      ({ address, isGone, isDisabled }) => !isGone && (!isDisabled || !this.walker.hasRead(address.id)),
    ).length;
    this.now += 120_000;
    this.walker.refresh();
    await until('every walk has ended', () => this.walks.length >= before + due);
  }

  async index(): Promise<readonly ListedRecording[]> {
    return this.store.recordings.listRecordings({}, { limit: 100_000 });
  }

  /** `<server>/<recordID>` of all entries, in order. */
  async entries(): Promise<readonly string[]> {
    return (await this.index()).map(({ serverId, recordId }) => `${serverId}/${recordId}`).sort();
  }

  async stop(): Promise<void> {
    await Promise.all([this.walker.stop(), this.asker.stop()]);
    await this.store.close();
  }
}
