import type { SimServer } from '../sim-server.js';

/** Looks into the simulated servers themselves, apart from what Ballast says: is any meeting alive twice? */
export class SplitWatch {
  readonly #servers: readonly SimServer[];
  readonly #split = new Set<string>();
  /** Since when (ms) a meeting has had two copies on servers that answer. */
  #copiesSince = new Map<string, number>();

  constructor(servers: readonly SimServer[]) {
    this.#servers = servers;
  }

  /** Looks once; call it every second or so. */
  look(now: number): void {
    const places = new Map<string, { peopled: number; reachable: number }>();
    for (const server of this.#servers) {
      for (const meeting of server.meetings.list()) {
        if (meeting.endTime !== 0) continue;
        const place = places.get(meeting.meetingId) ?? { peopled: 0, reachable: 0 };
        if (meeting.attendees.size > 0) place.peopled++;
        if (server.isListening) place.reachable++;
        places.set(meeting.meetingId, place);
      }
    }
    const copied = new Map<string, number>();
    for (const [meetingId, { peopled, reachable }] of places) {
      if (peopled > 1) this.#split.add(meetingId);
      if (reachable > 1) copied.set(meetingId, this.#copiesSince.get(meetingId) ?? now);
    }
    this.#copiesSince = copied;
  }

  /** Meetings that had people on two servers at once, or that have had an empty second copy for `staleMs`. */
  found(now: number, staleMs: number): readonly string[] {
    const stale = [...this.#copiesSince].filter(([, since]) => now - since >= staleMs).map(([id]) => id);
    return [...new Set([...this.#split, ...stale])].sort();
  }
}
