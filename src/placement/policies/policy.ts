import type { Assessment } from '../predict-load.js';
import type { PlacementOptions, PlacementReason } from '../types.js';

/** What placement remembers between decisions. The caller keeps it; nothing in it changes. */
export interface PolicyState {
  /** By server: a number that grows with each turn given, for policies that take turns. */
  readonly turns: ReadonlyMap<string, number>;
  /** By tag with a share: meetings its servers may take now; a whole one is needed for each. */
  readonly tokens: ReadonlyMap<string, number>;
}

/** Before the first decision. */
export const freshState: PolicyState = { turns: new Map(), tokens: new Map() };

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
  /** Only so many of the first were compared, the rest was not drawn; absent: all were. */
  readonly drawn?: number | undefined;
}

/** How to order servers that are equally allowed. To add one: its file, the registry, the name in `policy-names.ts`. */
export interface Policy {
  /** `servers` is not empty; the answer must not depend on the order they came in. */
  order(servers: readonly Assessment[], context: PolicyContext): Ordering;
  /** Why its first server was taken. */
  reason(first: Assessment): PlacementReason;
  /** A server as this policy sees it: "72 % of its CPU limit", "5 meetings". */
  readonly describe: (server: Assessment) => string;
  /** Whether this policy cannot compare a server: those come last, by their people. Absent: it can compare all. */
  readonly isUnknown?: (server: Assessment) => boolean;
  /** What one ranked behind the first is: heavier, or simply not its turn. */
  readonly behind: 'heavier' | 'not-its-turn';
  /** What the first is among all: "the lightest", "the fewest meetings". */
  readonly superlative: string;
  /** What the first has over one that is heavier, after its name: "is lighter", "counts for fewer meetings". */
  readonly advantage: string;
}
