import { beyondTheirPart } from './burst.js';
import { ineligibility, isLastResort, type Ineligibility } from './eligibility.js';
import type { Assessment } from './predict-load.js';
import { usedUpTag, type Tokens } from './shares.js';
import type { PlacementOptions, PlacementRequest, Verdict } from './types.js';

/** Servers that are equally allowed; a tier is tried only after the one before it. */
export interface Tier {
  readonly kind: 'regular' | 'burst' | 'not-preferred' | 'spare' | 'least-bad' | 'share-used';
  readonly servers: readonly Assessment[];
}

/** A server that may not be tried at all, and why. */
export interface Refusal {
  readonly server: Assessment;
  readonly verdict: Ineligibility | Extract<Verdict, 'above-ceiling'>;
}

/** Who may be tried, best tier first, and who may not. */
export interface Tiers {
  readonly tiers: readonly Tier[];
  readonly refused: readonly Refusal[];
  /** No server is online: unstable and not yet polled ones are tried. */
  readonly isFallback: boolean;
}

/**
 * Below its ceilings with the preferred tag (with the policy `predicted` first those that have not taken their part of a
 * burst), without it, spares in the same order; then, unless the pool refuses when
 * full, whoever is above a ceiling, those above a hard one (attendees, meetings) last. Servers whose tag has used up its share come after
 * all of them, in the same order: a class that cannot start is the worst.
 */
export function tiersOf(
  servers: readonly Assessment[],
  request: PlacementRequest,
  options: PlacementOptions,
  tokens: Tokens,
): Tiers {
  let eligible: Assessment[] = [];
  const lastResort: Assessment[] = [];
  const refused: Refusal[] = [];
  for (const server of servers) {
    const verdict = ineligibility(server.candidate, request);
    if (verdict === undefined) eligible.push(server);
    else if (verdict === 'not-online' && isLastResort(server.candidate)) lastResort.push(server);
    else refused.push({ server, verdict });
  }
  // A blip that hits all servers at once must not refuse a class.
  const isFallback = eligible.length === 0 && lastResort.length > 0;
  if (isFallback) eligible = lastResort;
  else for (const server of lastResort) refused.push({ server, verdict: 'not-online' });

  const groups: Assessment[][] = [[], [], [], [], [], []];
  const used: Assessment[][] = [[], [], []];
  for (const server of eligible) {
    const group = groupOf(server, request, options);
    const place = usedUpTag(server, tokens) === undefined ? groups[group] : used[Math.max(0, group - 3)];
    place?.push(server);
  }
  const [regular, notPreferred, spare, spareNotPreferred, soft, hard] = groups;
  const [usedBelow, usedSoft, usedHard] = used;
  const tiers: Tier[] = [];
  const add = (kind: Tier['kind'], members: readonly Assessment[] | undefined): void => {
    if (members !== undefined && members.length > 0) tiers.push({ kind, servers: members });
  };
  const usual = regular?.length === 0 ? notPreferred : regular;
  const beyond = beyondTheirPart((request.policy ?? options.policy) === 'predicted' ? (usual ?? []) : []);
  add('regular', beyond.size === 0 ? usual : usual?.filter((server) => !beyond.has(server)));
  add('burst', [...beyond]);
  if (usual !== notPreferred) add('not-preferred', notPreferred);
  add('spare', spare);
  add('spare', spareNotPreferred);
  const takesFull = options.whenFull === 'least-bad';
  if (takesFull) {
    add('least-bad', soft);
    add('least-bad', hard);
  }
  add('share-used', usedBelow);
  if (takesFull) {
    add('share-used', usedSoft);
    add('share-used', usedHard);
  } else {
    for (const server of [soft, hard, usedSoft, usedHard].flatMap((group) => group ?? []))
      refused.push({ server, verdict: 'above-ceiling' });
  }
  return { tiers, refused, isFallback };
}

function groupOf(
  { candidate, blockedBy, isBlockedHard }: Assessment,
  { preferredTag }: PlacementRequest,
  { spareTag }: PlacementOptions,
): number {
  if (blockedBy !== undefined) return isBlockedHard ? 5 : 4;
  const isPreferred = preferredTag === undefined || candidate.tags.includes(preferredTag);
  // Who asks for spares by name gets them.
  const isSpare = candidate.tags.includes(spareTag) && preferredTag !== spareTag;
  return (isSpare ? 2 : 0) + (isPreferred ? 0 : 1);
}
