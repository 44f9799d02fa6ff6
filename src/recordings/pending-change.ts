/** The calls that change recordings. */
export const CHANGE_CALLS = ['publishRecordings', 'updateRecordings', 'deleteRecordings'] as const;
export type ChangeCall = (typeof CHANGE_CALLS)[number];

/** A change that one holder of a recording has yet to be told. Times are ms since 1970. */
export interface PendingChange {
  readonly recordId: string;
  /** `ARCHIVE` for Ballast's own. */
  readonly serverId: string;
  readonly call: ChangeCall;
  /** The call's query without recordID, as `RawQuery` prints it. */
  readonly query: string;
  readonly askedAt: number;
  readonly attempts: number;
  readonly dueAt: number;
}

/** Changes that are yet to be made; one a recording, holder and call. */
export interface RecordingChangeStore {
  listChanges(): Promise<readonly PendingChange[]>;
  findChanges(serverId: string, recordIds: readonly string[]): Promise<readonly PendingChange[]>;
  /**
   * Removes the first, then inserts or replaces the others, all of one recording and holder in one transaction. Others read and
   * write between some hundred of them: where it rejects, a part may have been written.
   */
  replaceChanges(gone: readonly PendingChange[], changes: readonly PendingChange[]): Promise<void>;
  /** Removes those of servers that are not among these; the archive's stay. */
  keepChangesOf(serverIds: readonly string[]): Promise<void>;
}
