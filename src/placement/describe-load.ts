import type { Assessment, Resource } from './predict-load.js';

const resourceNames: Readonly<Record<Resource, string>> = {
  cpu: 'CPU',
  memory: 'memory',
  network: 'network',
  attendees: 'attendees',
  meetings: 'meetings',
};

/** "41 %" of a ratio. */
export function percent(ratio: number): string {
  return Number.isFinite(ratio) ? `${Math.round(ratio * 100)} %` : 'more than 100 %';
}

/** "1 meeting", "3 meetings"; says so where the number makes no sense. */
export function plural(count: number, noun: string): string {
  if (!(Math.abs(count) < 1e12)) return `an unknown number of ${noun}s`;
  const rounded = Math.round(count);
  return rounded === 1 ? `1 ${noun}` : `${rounded} ${noun}s`;
}

/** "12 seconds", "4 minutes", "3 hours": one unit, rounded. */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 90) return plural(seconds, 'second');
  if (seconds < 90 * 60) return plural(seconds / 60, 'minute');
  return plural(seconds / 3600, 'hour');
}

/** What is known of a server's load: "72 % of its CPU limit", or why nothing is. */
export function describeLoad(server: Assessment): string {
  const { tightest, bound, candidate } = server;
  if (tightest === undefined || bound === undefined) return describeUnknown(server);
  const weight = candidate.loadMultiplier === 1 ? '' : `, times ${candidate.loadMultiplier}`;
  return `${percent(tightest)} of its ${resourceNames[bound]} limit${weight}`;
}

/** Why the load of a server is unknown. */
export function describeUnknown({ candidate, cpu }: Assessment): string {
  if (cpu !== undefined) return 'its counts make no sense';
  if (candidate.cpu !== undefined) return 'its CPU sample makes no sense';
  const { sampleAgeMs } = candidate;
  return sampleAgeMs === undefined || Number.isNaN(sampleAgeMs)
    ? 'no CPU sample'
    : `no recent CPU sample, the last is ${ageOf(sampleAgeMs)} old`;
}

/** The ceiling the new meeting would break on this server: "91 % CPU expected, 107 % of its limit". */
export function describeBlocked({
  candidate,
  blockedBy,
  predictedCpu,
  memory,
  reserved,
}: Assessment): string {
  const { attendees, meetings } = candidate.limits;
  switch (blockedBy) {
    case 'cpu':
      return `${percent(predictedCpu ?? Number.NaN)} CPU expected with this meeting, above its limit`;
    case 'memory':
      return `${percent(memory ?? Number.NaN)} memory in use, above its limit`;
    case 'network':
      return 'network above its limit';
    case 'attendees':
      return `${plural(candidate.attendees, 'attendee')} and ${Math.round(reserved)} reserved, with this meeting more than its limit of ${attendees ?? 0}`;
    case 'meetings':
      return `${plural(candidate.meetings, 'meeting')}, its limit is ${meetings ?? 0}`;
    case undefined:
      return 'below its ceilings';
  }
}
