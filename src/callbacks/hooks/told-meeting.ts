import type { PolledMeeting } from '../../bbb/polled-meeting.js';
import type { MeetingOwner } from '../../tenants/meeting-scope.js';
import type { HookEvent } from './hook-event.js';

/** A meeting of which a server tells. */
export interface ToldMeeting extends MeetingOwner {
  /** As BBB knows it. */
  readonly scopedId: string;
  /** Another copy of it is the one that counts. */
  readonly isSuperseded: boolean;
}

/** A meeting that Ballast placed. */
interface ClaimedMeeting extends MeetingOwner {
  readonly scopedId: string;
  readonly serverId: string;
  readonly internalMeetingId: string | undefined;
}

export interface ToldMeetingsDeps {
  readonly directory: {
    byScopedId(scopedId: string): ClaimedMeeting | undefined;
    onServer(serverId: string): readonly ClaimedMeeting[];
  };
  /** The meetings of a server's newest poll, by scoped ID. */
  readonly polledOn: (serverId: string) => ReadonlyMap<string, PolledMeeting>;
  readonly tenants: { ownerOf(scopedId: string): MeetingOwner; readonly isSingle: boolean };
}

/** BBB makes the ID of a breakout room of a hash and a time: nothing in it tells whose it is. */
const BREAKOUT_ID = /^[0-9a-f]{40}-\d{13}$/;

/** More breakout rooms than a large pool has at a time. */
const MOST_BREAKOUTS = 5_000;

/** Finds out whose meeting an event tells of. */
export class ToldMeetings {
  readonly #deps: ToldMeetingsDeps;
  /** Owners of breakout rooms by their ID, as they were made. */
  readonly #breakouts = new Map<string, string>();

  constructor(deps: ToldMeetingsDeps) {
    this.#deps = deps;
  }

  /** `undefined` where that cannot be told: no tenant may hear of another's meeting. */
  find(serverId: string, event: HookEvent): ToldMeeting | undefined {
    const { directory, tenants } = this.#deps;
    const scopedId = event.meetingId ?? this.#scopedIdOf(serverId, event.internalMeetingId);
    if (scopedId === undefined) return undefined;
    const claimed = directory.byScopedId(scopedId);
    if (claimed !== undefined) {
      const { tenantId, meetingId } = claimed;
      return { tenantId, meetingId, scopedId, isSuperseded: claimed.serverId !== serverId };
    }
    const owner = tenants.ownerOf(scopedId);
    if (tenants.isSingle || !this.#isBreakout(serverId, scopedId, event)) {
      return { ...owner, scopedId, isSuperseded: false };
    }
    const tenantId = this.#tenantOfBreakout(serverId, scopedId, event);
    return tenantId === undefined
      ? undefined
      : { tenantId, meetingId: scopedId, scopedId, isSuperseded: false };
  }

  #scopedIdOf(serverId: string, internalId: string | undefined): string | undefined {
    if (internalId === undefined) return undefined;
    const { directory, polledOn } = this.#deps;
    const claimed = directory.onServer(serverId).find(({ internalMeetingId: id }) => id === internalId);
    if (claimed !== undefined) return claimed.scopedId;
    for (const { internalMeetingId, meetingId } of polledOn(serverId).values()) {
      if (internalMeetingId === internalId) return meetingId;
    }
    return undefined;
  }

  #isBreakout(serverId: string, scopedId: string, { parentId }: HookEvent): boolean {
    if (parentId !== undefined || BREAKOUT_ID.test(scopedId)) return true;
    return this.#deps.polledOn(serverId).get(scopedId)?.isBreakout === true;
  }

  #tenantOfBreakout(serverId: string, scopedId: string, event: HookEvent): string | undefined {
    const known = this.#breakouts.get(scopedId);
    if (known !== undefined) return known;
    const parentId = event.parentId ?? this.#deps.polledOn(serverId).get(scopedId)?.parentMeetingId;
    const parent = this.#scopedIdOf(serverId, parentId);
    if (parent === undefined) return undefined;
    const { tenantId } = this.#deps.directory.byScopedId(parent) ?? this.#deps.tenants.ownerOf(parent);
    this.#breakouts.set(scopedId, tenantId);
    const [oldest] = this.#breakouts.keys();
    if (this.#breakouts.size > MOST_BREAKOUTS && oldest !== undefined) this.#breakouts.delete(oldest);
    return tenantId;
  }
}
