import { knownCount, knownPositive } from './measure.js';
import { MOST_CPU_PER_PERSON, type Assessment } from './predict-load.js';

/** So many new meetings within a minute are no burst for any server. */
const CALM = 8;
/** A server takes at most this much more than its fair part of a burst. */
const EXCESS = 1.05;
/** Counted people are taken to leave at least a little: they are a guess at what a host carries. */
const MOST_TAKEN = 0.95;

/**
 * Servers that have taken their part of the newest meetings. Within a minute no sample shows what a burst has brought, and
 * forecasts of its meetings may all err alike: whatever they say, no server gets much more of it than its part of
 * what is free in all. Empty where all is calm; never all servers.
 */
export function beyondTheirPart(all: readonly Assessment[]): ReadonlySet<Assessment> {
  // One of which nothing is known comes after all others whatever they got: unknown is not free.
  const known = all.filter(({ load }) => load !== undefined);
  const servers = known.length > 0 ? known : all;
  let most = 0;
  for (const { candidate } of servers) most = Math.max(most, candidate.outlook.newMeetings);
  const beyond = new Set<Assessment>();
  if (most < CALM) return beyond;
  let meetings = 1;
  let free = 0;
  for (const server of servers) {
    meetings += server.candidate.outlook.newMeetings;
    free += freeOf(server);
  }
  for (const server of servers) {
    const part = (meetings * freeOf(server)) / free;
    if (server.candidate.outlook.newMeetings >= Math.max(CALM, Math.ceil(EXCESS * part))) beyond.add(server);
  }
  return beyond;
}

/**
 * What was left of a server before the burst, in people, times a factor that is the same for all: as measured, or where no
 * CPU is known at all by the people counted.
 */
function freeOf({ candidate, cpu }: Assessment): number {
  const cpuPerPerson = knownPositive(candidate.cpuPerPerson) ?? MOST_CPU_PER_PERSON;
  const taken = cpu ?? Math.min(MOST_TAKEN, cpuPerPerson * (knownCount(candidate.attendees) ?? 0));
  return (1 - taken) / (cpuPerPerson * (knownPositive(candidate.loadMultiplier) ?? 1));
}
