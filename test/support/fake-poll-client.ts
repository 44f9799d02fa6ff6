import type { ServerAddress } from '../../src/bbb/server-address.js';
import { UpstreamError, type UpstreamCause } from '../../src/bbb/upstream-error.js';
import type { PollAnswer, PollClient } from '../../src/pool/poll-server.js';
import { failedXml, meetingsXml, type CannedMeeting } from './poll-xml.js';

/** How a server behaves at its next polls; held: it answers when `release` is called. */
export type CannedBehaviour =
  | { readonly kind: 'meetings'; readonly meetings: readonly CannedMeeting[]; readonly dateMs?: number }
  | { readonly kind: 'failed'; readonly messageKey: string }
  | { readonly kind: 'broken'; readonly reason: UpstreamCause }
  | { readonly kind: 'text'; readonly body: string }
  | { readonly kind: 'held' };

/** One poll as it was asked for. */
export interface SeenCall {
  readonly serverId: string;
  readonly secret: string;
  readonly signal: AbortSignal;
}

/** A BBB client without sockets. Servers have no meetings until told otherwise. */
export class FakePollClient implements PollClient {
  readonly calls: SeenCall[] = [];
  readonly forgotten: string[] = [];
  readonly #behaviours = new Map<string, CannedBehaviour>();
  readonly #held: { readonly serverId: string; readonly release: () => void }[] = [];

  behave(serverId: string, behaviour: CannedBehaviour): void {
    this.#behaviours.set(serverId, behaviour);
  }

  /** Lets the held polls of a server answer as it behaves now. */
  release(serverId: string): void {
    for (const held of this.#held.filter((poll) => poll.serverId === serverId)) held.release();
  }

  callsTo(serverId: string): number {
    return this.calls.filter((call) => call.serverId === serverId).length;
  }

  forget(serverId: string): void {
    this.forgotten.push(serverId);
  }

  async call(server: ServerAddress, { signal }: { readonly signal: AbortSignal }): Promise<PollAnswer> {
    const serverId = server.id;
    this.calls.push({ serverId, secret: server.secret, signal });
    if (this.#behaviours.get(serverId)?.kind === 'held') {
      await new Promise<void>((release, reject) => {
        this.#held.push({ serverId, release });
        signal.addEventListener('abort', () => {
          reject(new UpstreamError(serverId, 'timeout', 'nobody waits for it', true));
        });
      });
    }
    return answer(serverId, this.#behaviours.get(serverId) ?? { kind: 'meetings', meetings: [] });
  }
}

function answer(serverId: string, behaviour: CannedBehaviour): PollAnswer {
  switch (behaviour.kind) {
    case 'meetings':
      return { ...ok(meetingsXml(behaviour.meetings)), dateMs: behaviour.dateMs };
    case 'failed': {
      const { messageKey } = behaviour;
      return { body: Buffer.from(failedXml(messageKey)), returnCode: 'FAILED', messageKey };
    }
    case 'text':
      return ok(behaviour.body);
    case 'broken':
      throw new UpstreamError(serverId, behaviour.reason, `server ${serverId} is broken`, true);
    case 'held':
      return ok(meetingsXml([]));
  }
}

function ok(body: string): PollAnswer {
  return { body: Buffer.from(body), returnCode: 'SUCCESS', messageKey: undefined, dateMs: undefined };
}
