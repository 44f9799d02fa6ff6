import type { PolledMeeting } from '../bbb/polled-meeting.js';
import { UpstreamError } from '../bbb/upstream-error.js';
import type { Logger } from '../log.js';
import type { Pool } from '../pool/pool.js';
import type { PooledServer } from '../pool/server.js';
import type { CareObserver } from './care-observer.js';
import type { InFlight } from './in-flight.js';
import { endOnServer, type MeetingClient } from './meeting-client.js';
import type { MeetingDirectory } from './meeting-directory.js';
import type { Orphan } from './meeting.js';

export interface CopyEnderDeps {
  readonly pool: Pool;
  readonly client: MeetingClient;
  readonly directory: MeetingDirectory;
  readonly inFlight: InFlight;
  readonly observer: CareObserver;
  readonly logger: Logger;
}

/** Ends sent at once to one server after a poll. */
const ENDS_AT_ONCE = 8;

/** Ends copies of meetings that are not wanted where they are. */
export class CopyEnder {
  readonly #deps: CopyEnderDeps;

  constructor(deps: CopyEnderDeps) {
    this.#deps = deps;
  }

  /** Ends copies that the newest poll shows, unless they are wanted by now. */
  async endAll(server: PooledServer, copies: readonly PolledMeeting[]): Promise<void> {
    const serverId = server.definition.id;
    for (let from = 0; from < copies.length; from += ENDS_AT_ONCE) {
      await Promise.all(copies.slice(from, from + ENDS_AT_ONCE).map((copy) => this.#endCopy(server, copy)));
    }
    if (copies.length > 0) this.#deps.pool.markChanged(serverId);
  }

  async #endCopy(server: PooledServer, copy: PolledMeeting): Promise<void> {
    const { directory, inFlight } = this.#deps;
    // Since the poll a create may have been answered with this very copy.
    const isWanted = directory.byScopedId(copy.meetingId)?.serverId === server.definition.id;
    if (isWanted || inFlight.isCreating(copy.meetingId)) return;
    await inFlight.end(copy.meetingId, () => this.#sendEnd(server, copy));
  }

  async #sendEnd(server: PooledServer, copy: PolledMeeting): Promise<void> {
    const { client, observer, logger } = this.#deps;
    const fields = { serverId: server.definition.id, meetingId: copy.meetingId, attendees: copy.attendees };
    try {
      await endOnServer(client, server.definition, copy.meetingId, copy.moderatorPassword);
      observer.copyEnded(server.definition.id, true);
      logger.info('ended an unwanted copy of a meeting', fields);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      observer.copyEnded(server.definition.id, false);
      // It is still listed at the next poll and tried again then.
      logger.warn('an unwanted copy of a meeting could not be ended yet', { ...fields, error });
    }
  }
}

/** Whether the copy that a note is about is ended whoever is in it. */
export function mustEnd(orphan: Orphan): boolean {
  return orphan.cause === 'ended' || orphan.cause === 'panic';
}
