import type { Logger } from '../../log.js';
import type { HookEvent } from './hook-event.js';
import type { ToldMeeting } from './told-meeting.js';

/** Someone came into a meeting or went; `at` by Ballast's clock, ms since 1970. */
export interface ToldPerson {
  readonly serverId: string;
  readonly scopedId: string;
  readonly userId: string;
  readonly at: number;
}

export interface EventFeedDeps {
  readonly people: { joined(person: ToldPerson): void; left(person: ToldPerson): void };
  /** The server's meetings are to be polled anew before anybody is told of them. */
  readonly markChanged: (serverId: string) => void;
  /** The meeting is to be looked for; `session` is the one that ended, where the event names it. */
  readonly meetingMayHaveEnded: (
    tenantId: string,
    meetingId: string,
    session: { readonly serverId: string; readonly internalMeetingId: string } | undefined,
  ) => Promise<void>;
  /** The server's clock minus Ballast's, ms; `undefined` while unknown. */
  readonly clockSkewOf: (serverId: string) => number | undefined;
  readonly now: () => number;
  readonly logger: Logger;
}

/** An event that took longer to come was held up: it happened when the server says. Dates of answers are full seconds. */
const LATE_MS = 2_000;

/** Tells the pool at once what polls would show later. What it says of a lost event heals with the next poll. */
export class EventFeed {
  readonly #deps: EventFeedDeps;
  readonly #looking = new Set<Promise<void>>();

  constructor(deps: EventFeedDeps) {
    this.#deps = deps;
  }

  told(serverId: string, event: HookEvent, { tenantId, meetingId, scopedId }: ToldMeeting): void {
    const { people, markChanged } = this.#deps;
    if (event.id === 'meeting-created') markChanged(serverId);
    if (event.id === 'meeting-ended') this.#lookFor(serverId, event, { tenantId, meetingId });
    if (event.userId === undefined) return;
    const person = { serverId, scopedId, userId: event.userId, at: this.#timeOf(serverId, event) };
    if (event.id === 'user-joined') people.joined(person);
    if (event.id === 'user-left') people.left(person);
  }

  /** Waits for the meetings that are being looked for. */
  async stop(): Promise<void> {
    await Promise.all(this.#looking);
  }

  #lookFor(
    serverId: string,
    { internalMeetingId }: HookEvent,
    { tenantId, meetingId }: Pick<ToldMeeting, 'tenantId' | 'meetingId'>,
  ): void {
    const session = internalMeetingId === undefined ? undefined : { serverId, internalMeetingId };
    const looking = this.#deps
      .meetingMayHaveEnded(tenantId, meetingId, session)
      .catch((error: unknown) => {
        this.#deps.logger.debug('a meeting that has ended could not be looked for yet', { meetingId, error });
      })
      .finally(() => this.#looking.delete(looking));
    this.#looking.add(looking);
  }

  #timeOf(serverId: string, { at }: HookEvent): number {
    const now = this.#deps.now();
    const skewMs = this.#deps.clockSkewOf(serverId);
    if (at === undefined || skewMs === undefined) return now;
    const happenedAt = at - skewMs;
    return now - happenedAt > LATE_MS ? happenedAt : now;
  }
}
