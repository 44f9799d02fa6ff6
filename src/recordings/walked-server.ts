import type { ListOrder, RecordingWalk } from './recording-walks.js';

/** What the walker remembers of a server while it runs. Times are ms since 1970. */
export interface WalkedServer {
  /** It was not read whole since it was met, or since it came back. */
  needsWhole: boolean;
  wholeAt: number;
  wholeTookMs: number;
  order: ListOrder;
  listed: number;
  /** It knows no pages. */
  givesAll: boolean;
  /** When what is in processing was last asked for by itself. */
  processingAskedAt: number;
  failures: number;
  notBefore: number;
  running: { readonly controller: AbortController; readonly ended: Promise<void> } | undefined;
}

/** Up to this many a server's recordings are read whole each time. */
const MOST_READ_WHOLE = 500;

/** How often what a short look cannot show is looked for, ms. */
export const SELDOM_MS = 600_000;

/** Share of the time in which a long list is read again and again. */
const MOST_TIME_WALKED = 0.05;

/** A server newly met, or known from before the start. */
export function newWalkedServer(walk: RecordingWalk | undefined): WalkedServer {
  return {
    ...{ needsWhole: true, wholeAt: walk?.walkedAt ?? 0, order: walk?.order ?? 'none' },
    ...{ listed: walk?.listed ?? 0, givesAll: false, wholeTookMs: 0, processingAskedAt: 0 },
    ...{ failures: 0, notBefore: 0, running: undefined },
  };
}

/** How much of a server's list is due now. */
export function dueWalk(server: WalkedServer, now: number): 'whole' | 'recent' | 'none' {
  if (server.needsWhole || server.listed <= MOST_READ_WHOLE) return 'whole';
  if (server.order !== 'none' && !server.givesAll) return 'recent';
  // Where a new recording may stand anywhere only the whole list shows it.
  const pauseMs = Math.min(SELDOM_MS, server.wholeTookMs / MOST_TIME_WALKED);
  return now - server.wholeAt >= pauseMs ? 'whole' : 'none';
}
