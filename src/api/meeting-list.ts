import { successXml } from '../bbb/answer.js';
import { successMessages } from '../bbb/messages.js';
import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { MeetingDirectory } from '../meetings/meeting-directory.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer, ServerPoll } from '../pool/server.js';
import { restoreMeetingIds } from '../tenants/restore-meeting-ids.js';
import type { TenantDirectory } from '../tenants/tenant-directory.js';

export interface MeetingListDeps {
  readonly pool: Pool;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
  /** A poll begun this long ago still serves. */
  readonly maxAgeMs: number;
}

/** Clients give up at 5 s; what a hanging server has not said by then is taken from its last poll. */
const LONGEST_WAIT_MS = 4_000;

interface CachedList {
  readonly polls: readonly (ServerPoll | undefined)[];
  readonly body: Buffer;
}

const HEAD = Buffer.from('<response>\n<returncode>SUCCESS</returncode>\n<meetings>\n');
const TAIL = Buffer.from('</meetings>\n</response>');
const LINE_END = Buffer.from('\n');

/** getMeetings over the whole pool: the servers' own bytes, put together once per change and tenant. */
export class MeetingList {
  readonly #deps: MeetingListDeps;
  readonly #cache = new Map<string, CachedList>();

  constructor(deps: MeetingListDeps) {
    this.#deps = deps;
  }

  /** The whole answer for a tenant. A server that fails costs its own meetings at most, and only once it is offline. */
  async answer(tenantId: string): Promise<Buffer> {
    await this.#refresh();
    const servers = this.#deps.pool.servers().filter(isListed);
    const polls = servers.map((server) => server.poll);
    const cached = this.#cache.get(tenantId);
    if (cached !== undefined && isSame(cached.polls, polls)) return cached.body;
    const body = this.#assemble(tenantId, servers);
    this.#cache.set(tenantId, { polls, body });
    return body;
  }

  /**
   * Asks servers that were never polled (right after a start nothing is known, which is not the same as nothing there),
   * and those whose last poll is old or outdated by a create or end. Those in trouble are not waited for.
   */
  async #refresh(): Promise<void> {
    const { pool, maxAgeMs } = this.#deps;
    const waits: Promise<unknown>[] = [];
    for (const server of pool.servers()) {
      if (
        !isListed(server) ||
        (server.health !== 'online' && server.health !== 'unknown') ||
        pool.hasFreshPoll(server.definition.id, maxAgeMs)
      )
        continue;
      // A failure is logged by the pool and shows in the server's health.
      waits.push(pool.freshPoll(server.definition.id, maxAgeMs).catch(() => undefined));
    }
    if (waits.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const longest = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_WAIT_MS);
    });
    await Promise.race([Promise.all(waits), longest]);
    clearTimeout(timer);
  }

  #assemble(tenantId: string, servers: readonly PooledServer[]): Buffer {
    const parts: Buffer[] = [HEAD];
    for (const server of servers) {
      for (const meeting of server.poll?.meetings.values() ?? []) {
        if (this.#isShown(tenantId, server, meeting)) parts.push(meeting.xml, LINE_END);
      }
    }
    if (parts.length === 1) return emptyList();
    parts.push(TAIL);
    return restoreMeetingIds(Buffer.concat(parts), tenantId);
  }

  #isShown(tenantId: string, server: PooledServer, meeting: PolledMeeting): boolean {
    const { tenants, directory } = this.#deps;
    if (meeting.isBreakout) return this.#tenantOfBreakout(server, meeting) === tenantId;
    if (!tenants.isSingle && tenants.ownerOf(meeting.meetingId).tenantId !== tenantId) return false;
    // Of a meeting seen on two servers only the copy that joins go to is shown.
    const row = directory.byScopedId(meeting.meetingId);
    return row === undefined || row.serverId === server.definition.id;
  }

  /** A breakout room's ID is made by BBB; whose it is, its parent tells. */
  #tenantOfBreakout(server: PooledServer, breakout: PolledMeeting): string {
    const { tenants } = this.#deps;
    if (tenants.isSingle) return tenants.default.id;
    for (const parent of server.poll?.meetings.values() ?? []) {
      if (parent.internalMeetingId === breakout.parentMeetingId)
        return tenants.ownerOf(parent.meetingId).tenantId;
    }
    return '';
  }
}

function isListed({ definition, health }: PooledServer): boolean {
  return definition.adminState !== 'disabled' && health !== 'offline' && health !== 'wrong-secret';
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function emptyList(): Buffer {
  const message = successMessages.noMeetings;
  return Buffer.from(successXml({ meetings: { rawXml: '' }, messageKey: 'noMeetings', message }));
}
