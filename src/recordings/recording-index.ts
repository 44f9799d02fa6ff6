/** The server ID of recordings that are in Ballast's own archive. */
export const ARCHIVE = '';

/** The tenant ID of recordings that are nobody's yet: of a breakout room whose parent is not known. */
export const NOBODY = '';

/** One recording as the index keeps it. The same recordID on two servers is two entries. Times are ms since 1970. */
export interface IndexedRecording {
  readonly recordId: string;
  /** `ARCHIVE` when no server holds it. */
  readonly serverId: string;
  /** `NOBODY` while that cannot be told. */
  readonly tenantId: string;
  /** External ID as the front end writes it; empty when it is not known. */
  readonly meetingId: string;
  /** Only of a breakout room: the record ID of its parent's recording; empty when it is not known. */
  readonly parentId: string | undefined;
  /** processing, processed, published, unpublished, deleted; whatever else a server says. */
  readonly state: string;
  /** 0 when it is not known. */
  readonly startTime: number;
  readonly endTime: number;
  /** By lower-case key, which is how front ends ask for it. */
  readonly metadata: ReadonlyMap<string, string>;
  /** The `<recording>` element as the front end is to see it. */
  readonly xml: Buffer;
  /** Of the element as the server sent it and whose it was taken for: the same again need not be written again. */
  readonly digest: string;
  /** When the question was sent that this answers: an older answer never replaces a newer one. */
  readonly readAt: number;
}

/**
 * Whose entries count: those of servers only, or all, where the archive's stands for those that servers have of the same
 * recording.
 */
export type Holders = 'servers' | 'archive-first';

/** Which recordings are asked for; what is absent does not bind. */
export interface RecordingFilter {
  readonly tenantId?: string | undefined;
  readonly serverId?: string | undefined;
  /** None but these, where they still are. */
  readonly places?: readonly RecordingKey[] | undefined;
  readonly holders?: Holders | undefined;
  /** Whole record IDs or what they begin with; none of them: nothing is found. */
  readonly recordIds?: readonly string[] | undefined;
  readonly meetingIds?: readonly string[] | undefined;
  readonly states?: readonly string[] | undefined;
  /** By lower-case key the values it may have; all keys must fit. */
  readonly metadata?: ReadonlyMap<string, readonly string[]> | undefined;
  /** ms since 1970. */
  readonly endedBefore?: number | undefined;
}

/** What a list tells of each: the metadata stands in the element. */
export type ListedRecording = Omit<IndexedRecording, 'metadata'>;

/** Where a list goes on: behind this recording. */
export type RecordingPlace = Pick<IndexedRecording, 'startTime' | 'recordId' | 'serverId'>;

/** Which entry. */
export type RecordingKey = Pick<IndexedRecording, 'recordId' | 'serverId'>;

/** Names of one kind that a list asks for: an entry fits with any of them. Record IDs may be what they begin with. */
export type RecordingNames = { readonly values: readonly string[] } & (
  | { readonly kind: 'recordId' }
  | { readonly kind: 'meetingId'; readonly tenantId: string | undefined }
  | { readonly kind: 'metadata'; readonly key: string }
);

/** What a walk compares with. */
export type KnownRecording = Pick<IndexedRecording, 'recordId' | 'digest' | 'readAt'>;

/** The index in the store. Lists are newest first, ties by record ID and server. */
export interface RecordingStore {
  /** Inserts or replaces, unless what is kept was read later; other calls are served between portions. */
  saveRecordings(recordings: readonly IndexedRecording[]): Promise<void>;
  /** Removes entries of a server, but for those that were read at `readFrom` or later; returns how many. */
  removeRecordings(serverId: string, recordIds: readonly string[], readFrom?: number): Promise<number>;
  /** Removes every entry of servers that are not among these; the archive's stay. Returns how many. */
  keepServers(serverIds: readonly string[]): Promise<number>;
  /** Entries with exactly these record IDs, whoever's they are. */
  findRecordings(recordIds: readonly string[]): Promise<readonly IndexedRecording[]>;
  /** Entries of breakout rooms whose parent has one of these record IDs. */
  findBreakouts(parentIds: readonly string[]): Promise<readonly IndexedRecording[]>;
  countRecordings(filter: RecordingFilter): Promise<number>;
  /**
   * What has these names, whoever's it is, at most `limit`. Of a single name in the order of keys, those behind `after`; of several
   * in no order, and perhaps twice.
   */
  listKeys(
    names: RecordingNames,
    page: { readonly limit: number; readonly after?: RecordingKey | undefined },
  ): Promise<readonly RecordingKey[]>;
  /** All at once, in no order. */
  listPlaces(filter: RecordingFilter): Promise<readonly RecordingPlace[]>;
  /** At most `limit` from `offset` on, or behind `after`. */
  listRecordings(
    filter: RecordingFilter,
    page: {
      readonly limit: number;
      readonly offset?: number | undefined;
      readonly after?: RecordingPlace | undefined;
    },
  ): Promise<readonly ListedRecording[]>;
  /** What is known of these record IDs on a server. */
  knownRecordings(serverId: string, recordIds: readonly string[]): Promise<readonly KnownRecording[]>;
  /** In order of record ID, those behind `after`. */
  recordIdsOf(serverId: string, after: string, limit: number): Promise<readonly string[]>;
}
