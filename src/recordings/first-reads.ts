import type { Logger } from '../log.js';
import type { RecordingServer } from './ask-recordings.js';

export interface FirstReadsDeps {
  readonly servers: () => readonly RecordingServer[];
  readonly logger: Logger;
}

/** What an unread server does to lists: they fail, or lack what only it has. */
type Harm = 'fails' | 'lacks';

/** In one message. */
const MOST_NAMED = 10;

/**
 * Which servers were read whole at least once. Lists fail because of one that was not; one that is disabled and could not be
 * read holds up nobody: that is the administrator's way out. Either is said once a server.
 */
export class FirstReads {
  readonly #deps: FirstReadsDeps;
  readonly #read: Set<string>;
  readonly #failures = new Map<string, unknown>();
  readonly #told = new Map<string, Harm>();

  constructor(deps: FirstReadsDeps, read: readonly string[]) {
    this.#deps = deps;
    this.#read = new Set(read);
  }

  has(serverId: string): boolean {
    return this.#read.has(serverId);
  }

  /** The servers because of which lists fail. */
  get awaited(): readonly RecordingServer[] {
    return this.#unread().filter(({ address, isDisabled }) => !isDisabled || !this.#failures.has(address.id));
  }

  /** Why lists fail, for the log; `undefined` when they do not. */
  get gap(): Error | undefined {
    const names = this.awaited.map(({ address }) => address.id);
    if (names.length === 0) return undefined;
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    const cause = names.map((id) => this.#failures.get(id)).find((failure) => failure !== undefined);
    const message = `recordings of ${names.slice(0, MOST_NAMED).join(', ')}${more} were never read`;
    return new Error(message, cause === undefined ? undefined : { cause });
  }

  /** The server was read whole. */
  succeeded(serverId: string): void {
    this.#read.add(serverId);
    this.#failures.delete(serverId);
    if (!this.#told.delete(serverId)) return;
    this.#deps.logger.info(`recordings of server ${serverId} are listed now`, { serverId });
  }

  /** It could not be read. True when that was said here, because it never was read. */
  failed(serverId: string, error: unknown): boolean {
    if (this.#read.has(serverId)) return false;
    this.#failures.set(serverId, error);
    return this.tell().includes(serverId);
  }

  /** Says of each unread server that cannot be read what comes of it, once; gives those it spoke of. */
  tell(): readonly string[] {
    const spoken: string[] = [];
    for (const { address, isDisabled, isGone } of this.#unread()) {
      const { id: serverId } = address;
      const failure = this.#failures.get(serverId);
      if (failure === undefined && (isDisabled || !isGone)) continue;
      const harm: Harm = isDisabled ? 'lacks' : 'fails';
      if (this.#told.get(serverId) === harm) continue;
      this.#told.set(serverId, harm);
      spoken.push(serverId);
      const message = isDisabled
        ? `recordings of the disabled server ${serverId} are missing in every list: they were never read`
        : `every getRecordings fails: recordings of server ${serverId} were never read; bring it back, or disable or remove it`;
      this.#deps.logger.warn(message, { serverId, ...(failure !== undefined && { error: failure }) });
    }
    return spoken;
  }

  /** The server has left the pool. */
  forget(serverId: string): void {
    this.#read.delete(serverId);
    this.#failures.delete(serverId);
    this.#told.delete(serverId);
  }

  #unread(): readonly RecordingServer[] {
    return this.#deps.servers().filter(({ address }) => !this.#read.has(address.id));
  }
}
