import { RawQuery } from '../bbb/raw-query.js';
import type { Logger } from '../log.js';
import { byServer } from './by-server.js';
import { IDS_IN_CALL, sendChange, type ChangeSenderDeps, type SendOutcome } from './change-sender.js';
import { formatsOf } from './merge-changes.js';
import type { PendingChange, RecordingChangeStore } from './pending-change.js';
import { ARCHIVE, type RecordingStore } from './recording-index.js';
import type { ServerTurns } from './server-turns.js';

export interface ChangeRetriesDeps extends ChangeSenderDeps {
  readonly store: Pick<RecordingStore, 'saveRecordings' | 'findRecordings'>;
  readonly changes: RecordingChangeStore;
  readonly turns: ServerTurns;
  readonly logger: Logger;
}

const FIRST_RETRY_MS = 10_000;
const LAST_RETRY_MS = 600_000;
const RETRY_TIMEOUT_MS = 10_000;

/** After this nobody waits for it any more: what the server has is what the index shows. */
const GIVEN_UP_AFTER_MS = 7 * 86_400_000;

/** Tells holders of the changes they could not be told when they were asked for. */
export class ChangeRetries {
  readonly #deps: ChangeRetriesDeps;
  /** Servers that could not be asked at the last look. */
  #away: ReadonlySet<string> = new Set();
  /** Servers for which something waits that was not tried again yet. */
  readonly #new = new Set<string>();
  #pending: number;

  private constructor(deps: ChangeRetriesDeps, pending: number) {
    this.#deps = deps;
    this.#pending = pending;
  }

  /** Drops what waits for servers that have left. */
  static async load(deps: ChangeRetriesDeps): Promise<ChangeRetries> {
    const retries = new ChangeRetries(deps, 0);
    await retries.forgetOthers();
    return retries;
  }

  /** Changes that waited at the last look. */
  get pending(): number {
    return this.#pending;
  }

  /** A server could not be told of a change: that is tried again once it answers. */
  onKept(serverId: string): void {
    this.#new.add(serverId);
  }

  /** Drops what waits for servers that are not in the pool. */
  async forgetOthers(): Promise<void> {
    const { changes, servers } = this.#deps;
    await changes.keepChangesOf(servers().map(({ address }) => address.id));
    this.#pending = (await changes.listChanges()).length;
  }

  /** Tries what is due, and all that waits for a server that has just come back. */
  async retry(signal: AbortSignal): Promise<void> {
    const { changes, servers, now, turns, archive } = this.#deps;
    const all = await changes.listChanges();
    const away = new Set(servers().flatMap(({ address, isGone }) => (isGone ? [address.id] : [])));
    if (archive === undefined) away.add(ARCHIVE);
    const isDue = ({ serverId, dueAt }: PendingChange): boolean =>
      !away.has(serverId) && (dueAt <= now() || this.#away.has(serverId));
    const due = byServer(all.filter(isDue));
    this.#away = away;
    for (const change of all) {
      if (now() - change.askedAt > GIVEN_UP_AFTER_MS && away.has(change.serverId)) await this.#giveUp(change);
    }
    await Promise.all(
      [...due].map(([serverId, waiting]) => turns.repeat(serverId, () => this.#retryServer(waiting, signal))),
    );
    this.#pending = (await changes.listChanges()).length;
  }

  /** A server answers: if it was away, what waits for it is due. Never rejects. */
  async onAnswering(serverId: string, signal: AbortSignal): Promise<void> {
    if (this.#deps.turns.isWanted(serverId)) return;
    const isNew = this.#new.delete(serverId);
    if (!isNew && !this.#away.has(serverId)) return;
    this.#away = new Set([...this.#away].filter((id) => id !== serverId));
    try {
      const waiting = (await this.#deps.changes.listChanges()).filter((it) => it.serverId === serverId);
      if (waiting.length === 0) return;
      await this.#deps.turns.repeat(serverId, () => this.#retryServer(waiting, signal));
    } catch (error) {
      this.#deps.logger.warn('changes of recordings could not be repeated', { serverId, error });
    }
  }

  async #retryServer(listed: readonly PendingChange[], signal: AbortSignal): Promise<void> {
    const { turns } = this.#deps;
    for (const alike of alikeOf(listed)) {
      const { serverId } = alike[0];
      // A new change has somebody who waits for it; what is left comes with the next look.
      if (turns.isWanted(serverId)) this.#new.add(serverId);
      if (signal.aborted || turns.isWanted(serverId)) return;
      const outcome = await this.#repeat(alike, signal);
      // The others of a server that does not answer would each wait for as long.
      if (outcome?.kind === 'failed' && serverId !== ARCHIVE) return;
    }
  }

  /** What is asked in one call; the outcome of the last one, `undefined` where nothing was left to ask. */
  async #repeat(alike: Alike, signal: AbortSignal): Promise<SendOutcome | undefined> {
    const { changes, turns } = this.#deps;
    const [{ serverId, call, query }] = alike;
    const ids = alike.map(({ recordId }) => recordId);
    // They may have been replaced since they were listed.
    const waiting = await changes.findChanges(serverId, ids);
    const [first, ...others] = waiting.filter((it) => it.call === call && it.query === query);
    if (first === undefined) return undefined;
    let outcome = await this.#send([first, ...others]);
    if (others.length === 0 || outcome.kind === 'done' || outcome.kind === 'failed') {
      await this.#note([first, ...others], outcome);
      return outcome;
    }
    // One of them may be the reason: each is asked for itself.
    for (const change of [first, ...others]) {
      if (signal.aborted || turns.isWanted(serverId)) break;
      outcome = await this.#send([change]);
      await this.#note([change], outcome);
      if (outcome.kind === 'failed') break;
    }
    return outcome;
  }

  async #send(alike: Alike): Promise<SendOutcome> {
    const [{ serverId, call, query }] = alike;
    const ids = alike.map(({ recordId }) => recordId);
    const asked = RawQuery.parse(query);
    const formats = call === 'deleteRecordings' ? formatsOf({ query }) : [];
    // A server takes one format a call.
    const queries =
      formats.length === 0 ? [asked] : formats.map((it) => asked.without('format').append('format', it));
    let outcome: SendOutcome = { kind: 'missing' };
    for (const one of queries) {
      const found = await this.#deps.store.findRecordings(ids);
      const recordings = found.filter((it) => it.serverId === serverId && it.state !== 'deleted');
      if (recordings.length === 0) return outcome;
      outcome = await sendChange({ serverId, recordings, call, query: one }, this.#deps, RETRY_TIMEOUT_MS);
      if (outcome.kind === 'failed' || outcome.kind === 'refused') return outcome;
    }
    return outcome;
  }

  async #note(alike: Alike, outcome: SendOutcome): Promise<void> {
    const { changes, now, logger } = this.#deps;
    if (outcome.kind === 'done' || outcome.kind === 'missing') {
      await changes.replaceChanges(alike, []);
      const message =
        outcome.kind === 'done'
          ? 'a change of a recording that waited is done'
          : 'a change of a recording that waited is dropped: its server no longer has the recording';
      for (const { serverId, recordId, call } of alike) logger.info(message, { serverId, recordId, call });
      return;
    }
    const isOld = ({ askedAt }: PendingChange): boolean => now() - askedAt > GIVEN_UP_AFTER_MS;
    for (const change of alike.filter(isOld)) await this.#giveUp(change, outcome);
    const later = alike.filter((change) => !isOld(change));
    await changes.replaceChanges(
      [],
      later.map((change) => {
        const wait = Math.min(FIRST_RETRY_MS * 2 ** change.attempts, LAST_RETRY_MS);
        return { ...change, attempts: change.attempts + 1, dueAt: now() + wait };
      }),
    );
  }

  async #giveUp(change: PendingChange, outcome?: SendOutcome): Promise<void> {
    const { serverId, recordId, call } = change;
    await this.#deps.changes.replaceChanges([change], []);
    const why =
      outcome?.kind === 'refused'
        ? `its server refuses it (${outcome.answer.messageKey ?? 'no key'})`
        : 'its server could not be asked for a week';
    this.#deps.logger.error(`a change of a recording was given up: ${why}`, { serverId, recordId, call });
  }
}

/** Changes of recordings of one server that are the same but for the recording. */
type Alike = readonly [PendingChange, ...PendingChange[]];

/**
 * What stands together and can be told in one call: half as many after each failure, as a slow server may need longer for
 * so many than it is given. One recording of the archive says nothing of the others.
 */
function alikeOf(changes: readonly PendingChange[]): readonly Alike[] {
  const groups: [PendingChange, ...PendingChange[]][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    const isAlike =
      last !== undefined &&
      last.length < Math.floor(IDS_IN_CALL / 2 ** last[0].attempts) &&
      last[0].attempts === change.attempts &&
      change.serverId !== ARCHIVE &&
      last[0].serverId === change.serverId &&
      last[0].call === change.call &&
      last[0].query === change.query;
    if (isAlike) last.push(change);
    else groups.push([change]);
  }
  return groups;
}
