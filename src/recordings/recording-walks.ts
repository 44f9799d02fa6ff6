/** How start times run along a server's list; `undefined` while it is not known, `none` where they do neither. */
export type ListOrder = 'falling' | 'rising' | 'none';

/** The newest walk through all recordings of a server that came to its end. */
export interface RecordingWalk {
  readonly serverId: string;
  /** When it began, ms since 1970. */
  readonly walkedAt: number;
  readonly order: ListOrder;
  /** How many recordings the server listed. */
  readonly listed: number;
}

/** Which servers were read whole, so that a list is known to have no gap. */
export interface RecordingWalkStore {
  listWalks(): Promise<readonly RecordingWalk[]>;
  /** Inserts or replaces. */
  saveWalk(walk: RecordingWalk): Promise<void>;
  removeWalk(serverId: string): Promise<void>;
}
