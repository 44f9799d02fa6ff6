import { successXml } from '../bbb/answer.js';
import { successMessages } from '../bbb/messages.js';
import type { PolledMeeting } from '../bbb/polled-meeting.js';
import type { MeetingDirectory } from '../meetings/meeting-directory.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer, ServerPoll } from '../pool/server.js';
import { restoreMeetingIds } from '../tenants/restore-meeting-ids.js';
import type { TenantDirectory } from '../tenants/tenant-directory.js';
import type { RestoreUrls } from './relayed-answer.js';

export interface MeetingListDeps {
  readonly pool: Pool;
  readonly directory: MeetingDirectory;
  readonly tenants: TenantDirectory;
  /** A poll begun this long ago still serves. */
  readonly maxAgeMs: number;
  readonly restoreUrls: RestoreUrls;
}

/** Clients give up at 5 s; what a hanging server has not said by then is taken from its last poll. */
const LONGEST_WAIT_MS = 4_000;

/** A whole answer, and whether a server's part of it is older than it should be. */
export interface ListAnswer {
  readonly body: Buffer;
  readonly isStale: boolean;
}

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
  async answer(tenantId: string): Promise<ListAnswer> {
    const isStale = !(await this.#refresh());
    const servers = this.#deps.pool.servers().filter(isListed);
    const polls = servers.map((server) => server.poll);
    const cached = this.#cache.get(tenantId);
    if (cached !== undefined && isSame(cached.polls, polls)) return { body: cached.body, isStale };
    const body = this.#assemble(tenantId, servers);
    this.#cache.set(tenantId, { polls, body });
    return { body, isStale };
  }

  /**
   * Asks servers that were never polled (right after a start nothing is known, which is not the same as nothing there),
   * and those whose last poll is old or outdated by a create or end. Those in trouble are not waited for. False when a
   * server's part is not fresh all the same.
   */
  async #refresh(): Promise<boolean> {
    const { pool, maxAgeMs } = this.#deps;
    const waits: Promise<boolean>[] = [];
    let isInTrouble = false;
    for (const server of pool.servers()) {
      if (!isListed(server) || pool.hasFreshPoll(server.definition.id, maxAgeMs)) continue;
      if (server.health === 'online' || server.health === 'unknown') {
        // A failure is logged by the pool and shows in the server's health.
        const asked = pool.freshPoll(server.definition.id, maxAgeMs);
        waits.push(
          asked.then(
            () => true,
            () => false,
          ),
        );
      } else isInTrouble = true;
    }
    if (waits.length === 0) return !isInTrouble;
    let timer: NodeJS.Timeout | undefined;
    const longest = new Promise<readonly boolean[]>((resolve) => {
      timer = setTimeout(() => {
        resolve([false]);
      }, LONGEST_WAIT_MS);
    });
    const fresh = await Promise.race([Promise.all(waits), longest]);
    clearTimeout(timer);
    return !isInTrouble && !fresh.includes(false);
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
    return restoreMeetingIds(this.#deps.restoreUrls(Buffer.concat(parts), tenantId), tenantId);
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
