import type { MoveCause } from './placement-observer.js';

/** What becomes of meetings as polls show them, for the metrics. */
export interface CareObserver {
  /** Joins now go to another copy than the one on `fromServerId`. */
  moved(fromServerId: string, cause: MoveCause): void;
  /** A meeting that was made directly on the server is known from now on. */
  adopted(serverId: string): void;
  /** A second copy of a running meeting was seen on the server. */
  split(serverId: string): void;
  /** The server was asked to end a copy that is not wanted there; false: in vain, it is asked again after its next poll. */
  copyEnded(serverId: string, isEnded: boolean): void;
}

/** Where nobody counts. */
export const NO_CARE_OBSERVER: CareObserver = {
  moved: () => undefined,
  adopted: () => undefined,
  split: () => undefined,
  copyEnded: () => undefined,
};
