import type { Meeting } from './meeting.js';

/** How often something has changed. */
export interface ChangeCount {
  count: number;
}

/** Meetings by ID, by server and by tenant: one row an ID, and every count as of now. */
export class MeetingIndex {
  readonly #byKey = new Map<string, Meeting>();
  readonly #byScopedId = new Map<string, Meeting>();
  readonly #byServer = new Map<string, Map<string, Meeting>>();
  readonly #byTenant = new Map<string, number>();
  readonly #changes = new Map<string, ChangeCount>();

  get(tenantId: string, meetingId: string): Meeting | undefined {
    return this.#byKey.get(keyOf(tenantId, meetingId));
  }

  byScopedId(scopedId: string): Meeting | undefined {
    return this.#byScopedId.get(scopedId);
  }

  onServer(serverId: string): readonly Meeting[] {
    return [...(this.#byServer.get(serverId)?.values() ?? [])];
  }

  hasAnyOn(serverId: string): boolean {
    return (this.#byServer.get(serverId)?.size ?? 0) > 0;
  }

  countOfTenant(tenantId: string): number {
    return this.#byTenant.get(tenantId) ?? 0;
  }

  all(): IterableIterator<Meeting> {
    return this.#byKey.values();
  }

  /** Changes of the meetings on a server, ever; the same live value at each call. */
  changesOn(serverId: string): Readonly<ChangeCount> {
    return this.#countOf(serverId);
  }

  /** Adds a row, or puts it in the place of the one that its ID had. */
  put(meeting: Meeting): void {
    const key = keyOf(meeting.tenantId, meeting.meetingId);
    this.#drop(key);
    this.#byKey.set(key, meeting);
    this.#byScopedId.set(meeting.scopedId, meeting);
    this.#byTenant.set(meeting.tenantId, this.countOfTenant(meeting.tenantId) + 1);
    let onServer = this.#byServer.get(meeting.serverId);
    if (onServer === undefined) this.#byServer.set(meeting.serverId, (onServer = new Map<string, Meeting>()));
    onServer.set(key, meeting);
    this.#countOf(meeting.serverId).count += 1;
  }

  /** Forgets the row of an ID, wherever it is by now. */
  drop({ tenantId, meetingId }: Meeting): void {
    this.#drop(keyOf(tenantId, meetingId));
  }

  #drop(key: string): void {
    const held = this.#byKey.get(key);
    if (held === undefined) return;
    this.#byKey.delete(key);
    this.#byScopedId.delete(held.scopedId);
    this.#byServer.get(held.serverId)?.delete(key);
    this.#countOf(held.serverId).count += 1;
    this.#byTenant.set(held.tenantId, this.countOfTenant(held.tenantId) - 1);
  }

  #countOf(serverId: string): ChangeCount {
    let changes = this.#changes.get(serverId);
    if (changes === undefined) this.#changes.set(serverId, (changes = { count: 0 }));
    return changes;
  }
}

/** What tells one meeting of one tenant from every other. */
export function keyOf(tenantId: string, meetingId: string): string {
  // Tenant IDs hold no blank, so the key is unambiguous.
  return `${tenantId} ${meetingId}`;
}
