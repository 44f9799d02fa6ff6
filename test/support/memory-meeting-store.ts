import type { Meeting, MeetingStore, Orphan } from '../../src/meetings/meeting.js';

/** A MeetingStore in memory that can be slow, fail on demand, and says what was written in which order. */
export class MemoryMeetingStore implements MeetingStore {
  readonly writes: string[] = [];
  /** The next write is rejected with this. */
  failsNext: Error | undefined;
  /** Earlier calls take longer: without an order of their own, later ones would overtake them. */
  isSlow = false;
  readonly #rows = new Map<string, Meeting>();
  readonly #orphans = new Map<string, Orphan>();
  #underWay = 0;

  async listMeetings(): Promise<readonly Meeting[]> {
    return [...this.#rows.values()];
  }

  async findMeeting(tenantId: string, meetingId: string): Promise<Meeting | undefined> {
    return this.#rows.get(`${tenantId} ${meetingId}`);
  }

  async claimMeeting(claim: Meeting): Promise<{ won: boolean; meeting: Meeting }> {
    await this.#write(`claim ${claim.scopedId}`);
    const there = this.#rows.get(keyOf(claim));
    if (there !== undefined) return { won: false, meeting: there };
    this.#rows.set(keyOf(claim), claim);
    return { won: true, meeting: claim };
  }

  async updateMeeting(meeting: Meeting, expectedServerId: string): Promise<boolean> {
    await this.#write(`update ${meeting.scopedId} ${expectedServerId} → ${meeting.serverId}`);
    if (this.#rows.get(keyOf(meeting))?.serverId !== expectedServerId) return false;
    this.#rows.set(keyOf(meeting), meeting);
    return true;
  }

  async closeMeeting(meeting: Meeting): Promise<void> {
    await this.#write(`close ${meeting.scopedId}`);
    if (this.#rows.get(keyOf(meeting))?.serverId === meeting.serverId) this.#rows.delete(keyOf(meeting));
  }

  async listOrphans(): Promise<readonly Orphan[]> {
    return [...this.#orphans.values()];
  }

  async noteOrphan(orphan: Orphan): Promise<void> {
    await this.#write(`noteOrphan ${orphan.serverId} ${orphan.scopedId}`);
    this.#orphans.set(`${orphan.serverId} ${orphan.scopedId}`, orphan);
  }

  async removeOrphan(serverId: string, scopedId: string): Promise<void> {
    await this.#write(`removeOrphan ${serverId} ${scopedId}`);
    this.#orphans.delete(`${serverId} ${scopedId}`);
  }

  async #write(what: string): Promise<void> {
    const failure = this.failsNext;
    this.failsNext = undefined;
    this.#underWay += 1;
    const turns = this.isSlow ? 2 * Math.max(0, 6 - this.#underWay) : 0;
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    this.#underWay -= 1;
    if (failure !== undefined) throw failure;
    this.writes.push(what);
  }
}

function keyOf({ tenantId, meetingId }: Meeting): string {
  return `${tenantId} ${meetingId}`;
}
