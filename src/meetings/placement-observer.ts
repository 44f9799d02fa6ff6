import type { PlacementReason, Verdict } from '../placement/types.js';

/** Every reason why a create gave no meeting. */
export const CREATE_FAILURES = [
  'no-server',
  'no-time',
  'servers-failed',
  'server-failing',
  'other-create',
  'rejected',
  'relayed',
  'tenant-limit',
  'changed',
  'error',
] as const;

/**
 * Why a create gave no meeting. no-server: none could take it · no-time: waiting had used up its time · servers-failed: each
 * that was tried failed · server-failing: the running meeting's own server did, and is not given up yet · other-create: another
 * create of the meeting took too long · rejected: a server found the request itself at fault · relayed: a server said FAILED ·
 * tenant-limit: its tenant has enough · changed: the meeting was moved or ended meanwhile · error: a fault in Ballast or its store.
 */
export type CreateFailure = (typeof CREATE_FAILURES)[number];

/**
 * Why a running meeting went to another server. offline, wrong-secret, disabled, removed: that is what its server was ·
 * refused: its server refused connections, and did so again a moment later · empty: its server failed and nobody was in it ·
 * ended: its server failed and it was to end · copy: its people were found in a copy on another server.
 */
export type MoveCause =
  'offline' | 'wrong-secret' | 'disabled' | 'removed' | 'refused' | 'empty' | 'ended' | 'copy';

/** What happens to creates, for the metrics. A create that gives no meeting has exactly one `failed`. */
export interface PlacementObserver {
  placed(serverId: string, reason: PlacementReason): void;
  /** The create failed on this server and moves on. `cause` is an UpstreamCause or a retryable messageKey. */
  retried(serverId: string, cause: string): void;
  failed(reason: CreateFailure): void;
  /** A create found no server at all: why this one was none. */
  passedOver(serverId: string, verdict: Verdict): void;
  /** A running meeting was placed anew. */
  moved(fromServerId: string, cause: MoveCause): void;
  /** A create waited: for others at work on the same meeting, or for the first polls after a start. */
  waited(cause: 'same-meeting' | 'first-polls', seconds: number): void;
  /** A server refused connections to the create of a meeting that runs on it, and was asked once more. */
  probed(serverId: string, outcome: 'back' | 'lost' | 'failing'): void;
}
