import type { RecordingClient, RecordingServer } from './ask-recordings.js';
import type { RecordingIndexer } from './recording-indexer.js';
import { ARCHIVE, type RecordingStore } from './recording-index.js';
import { ServerQuestions } from './server-questions.js';
import { askByIds } from './server-walk.js';

export interface RecordingAskerDeps {
  readonly client: RecordingClient;
  readonly servers: () => readonly RecordingServer[];
  readonly store: Pick<RecordingStore, 'findRecordings'>;
  readonly indexer: RecordingIndexer;
  /** ms since 1970. */
  readonly now: () => number;
}

const ASK_TIMEOUT_MS = 10_000;

/** Asks servers for recordings by their IDs, beside the walks through their lists. */
export class RecordingAsker {
  readonly #deps: RecordingAskerDeps;
  readonly #questions = new ServerQuestions();

  constructor(deps: RecordingAskerDeps) {
    this.#deps = deps;
  }

  /**
   * Asks these servers for recordings by ID and indexes what they show; gives the IDs that were shown. Rejects with the first
   * failure, once all have answered or failed.
   */
  async ask(recordIds: readonly string[], servers = this.#inUse()): Promise<ReadonlySet<string>> {
    const { client, now, indexer } = this.#deps;
    const deps = { client, now, indexer, timeoutMs: ASK_TIMEOUT_MS };
    const outcomes = await Promise.allSettled(
      servers.map(async ({ address, isGone }) => {
        if (isGone) throw new Error(`server ${address.id} is offline`);
        return this.#questions.run(address.id, (signal) => askByIds(address, recordIds, { ...deps, signal }));
      }),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    return new Set(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [...outcome.value] : [])));
  }

  /** A callback announced a recording: it is in the index when this resolves. Rejects when no server shows it. */
  async announce(recordId: string, serverIds: readonly string[]): Promise<void> {
    const servers = this.#inUse().filter(({ address }) => serverIds.includes(address.id));
    let failure: unknown;
    const asked = servers.map(async (server) => {
      try {
        return (await this.ask([recordId], [server])).has(recordId);
      } catch (error) {
        failure ??= error;
        return false;
      }
    });
    if ((await Promise.all(asked)).includes(true)) return;
    const known = await this.#deps.store.findRecordings([recordId]);
    if (known.some(({ serverId }) => serverId === ARCHIVE)) return;
    throw new Error(`recording ${recordId} was announced but is not listed yet`, { cause: failure });
  }

  /** A server has left the pool: nothing of it is written once this resolves. */
  forget(serverId: string): Promise<void> {
    return this.#questions.end(serverId);
  }

  /** Aborts the questions under way and waits for their ends. */
  stop(): Promise<void> {
    return this.#questions.stop();
  }

  #inUse(): readonly RecordingServer[] {
    return this.#deps.servers().filter(({ isDisabled }) => !isDisabled);
  }
}
