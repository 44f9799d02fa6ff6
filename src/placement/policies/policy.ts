import type { Assessment } from '../predict-load.js';
import type { PlacementOptions, PlacementReason } from '../types.js';

/** What a policy remembers between decisions: who got the last meeting. The caller keeps it. */
export interface PolicyState {
  readonly lastServerId: string | undefined;
}

/** What a policy may look at beside the servers. */
export interface PolicyContext {
  readonly options: PlacementOptions;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  readonly state: PolicyState;
}

/** Servers in the order in which to try them; the first `tied` of them were equally good. */
export interface Ordering {
  readonly order: readonly Assessment[];
  readonly tied: number;
}

/** How to order servers that are equally allowed. To add one: its file, the registry, the name in `types.ts`. */
export interface Policy {
  /** `servers` is not empty; the answer must not depend on the order they came in. */
  order(servers: readonly Assessment[], context: PolicyContext): Ordering;
  /** Why its first server was taken. */
  reason(first: Assessment): PlacementReason;
  /** A server as this policy sees it: "72 % of its CPU limit", "5 meetings". */
  readonly describe: (server: Assessment) => string;
  /** What one ranked behind the first is: heavier, or simply not its turn. */
  readonly behind: 'heavier' | 'not-its-turn';
}
