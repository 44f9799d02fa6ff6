import { ageOf, ageOfOldSample, describeBlocked, describeLoad, describeUnknown } from './describe-load.js';
import { forCores, isByPeople, type Judged, type Matter } from './judged.js';
import { newForMs } from './outlook.js';
import type { Assessment } from './predict-load.js';
import { describeShare } from './shares.js';
import type { Candidate, Verdict } from './types.js';

/** Why this server was not taken, or what spoke for it, as a person would say it. */
export function detailOf({ server, verdict }: Judged, matter: Matter): string {
  const { choice } = matter;
  const first = choice?.first.candidate.id ?? '';
  const describe = choice?.policy.describe ?? describeLoad;
  const byPeople = choice !== undefined && isByPeople(choice);
  switch (verdict) {
    case 'chosen':
      return describe(server);
    case 'heavier':
      return `${describe(server)}; ${first} ${byPeople ? `has fewer people${forCores(choice)}` : (choice?.policy.advantage ?? '')}`;
    case 'within-tolerance':
      return `${describe(server)}; ${byPeople ? `as few people${forCores(choice)} as on` : 'equal to'} ${first}, the choice was random`;
    case 'not-its-turn':
      return `${first} is next in turn`;
    case 'not-drawn':
      return `${describe(server)}; not among the two that were drawn`;
    default: {
      const clause = obstacleOf(server, verdict, matter);
      return clause.startsWith('is ') ? clause.slice(3) : clause;
    }
  }
}

/** What kept a server from being taken, to follow "but": "is cordoned", "its last sample is 4 minutes old". */
export function obstacleOf(server: Assessment, verdict: Verdict, matter: Matter): string {
  const { candidate } = server;
  const { request, options, tokens } = matter;
  switch (verdict) {
    case 'not-enabled':
      return `is ${candidate.adminState}`;
    case 'not-online':
      return healthOf(candidate);
    case 'tag-missing': {
      const missing = request.requiredTags.filter((tag) => !candidate.tags.includes(tag));
      return `lacks the tag ${missing.join(', ')}`;
    }
    case 'tag-preferred-elsewhere':
      return `lacks the preferred tag ${request.preferredTag ?? ''}`;
    case 'failed-before':
      return 'failed for this create';
    case 'spare':
      return 'is a spare, kept for when no other is below its ceilings';
    case 'share-used':
      return describeShare(server, tokens, options);
    case 'burst-part-taken':
      return `got ${candidate.outlook.newMeetings} new meetings within ${spanOf(newForMs(options.rampMs))}, its part of this burst`;
    case 'above-ceiling':
      return describeBlocked(server, options);
    case 'unknown-load': {
      const ageMs = ageOfOldSample(server);
      if (ageMs !== undefined) return `its last sample is ${ageOf(ageMs)} old, too old to count`;
      return `its load is unknown: ${(matter.choice?.policy.describe ?? describeUnknown)(server)}`;
    }
    case 'not-drawn':
      return 'was not among the two that were drawn';
    default:
      return describeLoad(server);
  }
}

function spanOf(ms: number): string {
  return Math.round(ms / 1_000) === 60 ? 'a minute' : ageOf(ms);
}

function healthOf({ health }: Candidate): string {
  if (health === 'unknown') return 'was not polled yet';
  return health === 'wrong-secret' ? 'refuses the secret' : `is ${health}`;
}
