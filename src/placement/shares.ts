import { percent } from './describe-load.js';
import type { Assessment } from './predict-load.js';
import type { PlacementOptions } from './types.js';

/** Meetings that servers with a tag may take now, by tag; a whole one is needed for each. */
export type Tokens = ReadonlyMap<string, number>;

/** Sums of shares such as 0.1 end just below the whole number they stand for. */
const ROUNDING = 1e-9;

/**
 * The tokens at a decision: each new meeting adds its share to every tag, and at most one waits from before. Hence n
 * meetings let at most share × n of them onto servers with the tag, and any n in a row at most one more.
 */
export function earnTokens(tokens: Tokens, { shares }: PlacementOptions, isRetry: boolean): Tokens {
  return new Map(
    Object.entries(shares).map(([tag, share]) => {
      const before = Math.min(1, tokens.get(tag) ?? 0);
      // Another try of the same meeting is no new meeting.
      return [tag, isRetry ? before : before + share];
    }),
  );
}

/** The tokens after the meeting went to `first`. One that nobody else could take leaves no debt. */
export function spendTokens(tokens: Tokens, { candidate }: Assessment): Tokens {
  return new Map(
    [...tokens].map(([tag, count]) => [tag, candidate.tags.includes(tag) ? Math.max(0, count - 1) : count]),
  );
}

/** The first tag of the server that has no token left; `undefined`: its shares let it take the meeting. */
export function usedUpTag({ candidate }: Assessment, tokens: Tokens): string | undefined {
  return tokens.size === 0 ? undefined : candidate.tags.find((tag) => (tokens.get(tag) ?? 1) < 1 - ROUNDING);
}

/** "its tag canary gets only 5 % of the new meetings, not this one". */
export function describeShare(server: Assessment, tokens: Tokens, { shares }: PlacementOptions): string {
  const tag = usedUpTag(server, tokens) ?? '';
  const share = shares[tag] ?? 0;
  if (share === 0) return `its tag ${tag} is to get no new meetings`;
  const shown = share < 0.01 ? `${Number((share * 100).toPrecision(2))} %` : percent(share);
  return `its tag ${tag} gets only ${shown} of the new meetings, not this one`;
}
