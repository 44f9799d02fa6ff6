import type { Candidate, PlacementRequest, Verdict } from './types.js';

/** Why a server may not take the meeting, whatever its load. */
export type Ineligibility = Extract<Verdict, 'not-enabled' | 'tag-missing' | 'failed-before' | 'not-online'>;

/**
 * The one rule of who may take a new meeting; `undefined` means eligible. Being offline is asked last, so that
 * `not-online` says: everything but its health would do.
 */
export function ineligibility(candidate: Candidate, request: PlacementRequest): Ineligibility | undefined {
  if (candidate.adminState !== 'enabled') return 'not-enabled';
  if (!request.requiredTags.every((tag) => candidate.tags.includes(tag))) return 'tag-missing';
  if (request.excluded.has(candidate.id)) return 'failed-before';
  if (candidate.health !== 'online') return 'not-online';
  return undefined;
}

/**
 * Whether a server that is not online may still be tried when none is: it failed lately or was not polled yet.
 * One that is known to be down, or that refuses our secret, is never tried.
 */
export function isLastResort(candidate: Candidate): boolean {
  return candidate.health === 'unstable' || candidate.health === 'unknown';
}
