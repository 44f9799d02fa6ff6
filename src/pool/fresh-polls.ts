import { BbbError } from '../bbb/error.js';
import type { PollRun, ServerEntry } from './server-entry.js';
import type { PooledServer } from './server.js';

export interface FreshPollsDeps {
  readonly entries: ReadonlyMap<string, ServerEntry>;
  /** Polls at once or joins the poll under way; resolves at its end. `undefined` where the server is not polled. */
  readonly runNow: (serverId: string) => Promise<void> | undefined;
  readonly now: () => number;
}

/**
 * Tells which polls are young enough for whom, and waits for one that is. A poll serves those who asked after no later
 * time than its beginning, unless something changed on the server since.
 */
export class FreshPolls {
  readonly #deps: FreshPollsDeps;
  #mark = 0;

  constructor(deps: FreshPollsDeps) {
    this.#deps = deps;
  }

  /** Counts `markChanged`: tells which polls began after which change, finer than a clock. */
  get mark(): number {
    return this.#mark;
  }

  /** As in Pool. */
  markChanged(serverId: string): void {
    const entry = this.#deps.entries.get(serverId);
    if (entry !== undefined) entry.changedMark = ++this.#mark;
  }

  /** As in Pool. */
  hasFreshPoll(serverId: string, maxAgeMs: number): boolean {
    const entry = this.#deps.entries.get(serverId);
    if (entry?.lastGood === undefined) return false;
    return (
      entry.lastGood.startedAt >= this.#deps.now() - maxAgeMs && entry.lastGood.mark >= entry.changedMark
    );
  }

  /** As in Pool. */
  async freshPoll(serverId: string, maxAgeMs: number): Promise<PooledServer> {
    const notBefore = this.#deps.now() - maxAgeMs;
    const changedMark = this.#deps.entries.get(serverId)?.changedMark ?? 0;
    const serves = (run: PollRun): boolean => run.startedAt >= notBefore && run.mark >= changedMark;
    for (;;) {
      const entry = this.#deps.entries.get(serverId);
      if (entry === undefined) throw unavailable(`there is no server ${serverId}`);
      if (entry.lastGood !== undefined && serves(entry.lastGood)) return entry.server;
      const ended = this.#deps.runNow(serverId);
      const { running } = entry;
      if (ended === undefined || running === undefined) throw unavailable(`server ${serverId} is not polled`);
      await ended;
      if (running.outcome instanceof Error && serves(running)) throw running.outcome;
    }
  }
}

function unavailable(message: string): BbbError {
  return new BbbError('serverUnavailable', message);
}
