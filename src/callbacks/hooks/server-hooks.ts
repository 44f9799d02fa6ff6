import { createHash, timingSafeEqual } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { ServerAddress } from '../../bbb/server-address.js';
import type { Logger } from '../../log.js';
import type { HookRegistrar } from './hook-registrar.js';
import type { ServerHook, ServerHookStore } from './hook.js';
import { HOOKS_PATH } from './hooks-path.js';

const MINUTE_MS = 60_000;

/** How often a server is asked whether it still has the hook: bbb-webhooks forgets one whose calls have failed. */
const CHECK_MS = 5 * MINUTE_MS;

/** A server without webhooks is asked again after a minute, then ever more seldom, at last hourly. */
const FIRST_RETRY_MS = MINUTE_MS;
const LONGEST_RETRY_MS = 60 * MINUTE_MS;

/** A server that a poll has just shown to be up. */
export interface PolledServer {
  readonly definition: ServerAddress;
  /** When its health last changed. */
  readonly healthSince: number;
}

export interface ServerHooksDeps {
  readonly store: ServerHookStore;
  readonly registrar: Pick<HookRegistrar, 'register' | 'remove'>;
  /** Servers of the pool at start. */
  readonly servers: readonly ServerAddress[];
  /** Whether the server is one of the pool's now. */
  readonly isMember: (serverId: string) => boolean;
  /** `callbacks.serverHooks`; otherwise what was registered before is removed. */
  readonly isOn: boolean;
  /** Where the server reaches Ballast, without a slash at its end; `undefined`: nowhere. */
  readonly baseFor: (server: ServerAddress) => string | undefined;
  readonly newToken: () => string;
  /** A removed server was called for the last time. */
  readonly onLeft: (serverId: string) => void;
  readonly now: () => number;
  readonly logger: Logger;
}

interface Entry {
  address: ServerAddress | undefined;
  hook: ServerHook | undefined;
  /** `undefined` until the server was asked. */
  isUp: boolean | undefined;
  failures: number;
  dueAt: number;
  healthSince: number | undefined;
  running: Promise<void> | undefined;
}

/**
 * Ballast's own webhook on each server: registered when polls show the server, again after each return, looked after every
 * five minutes, removed with the server. What webhooks do or lack says nothing of a server's health.
 */
export class ServerHooks {
  readonly #deps: ServerHooksDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #hasSaidUnreachable = false;

  private constructor(deps: ServerHooksDeps) {
    this.#deps = deps;
    // Each call under way listens, and a pool has any number of servers.
    setMaxListeners(0, this.#stopping.signal);
  }

  static async load(deps: ServerHooksDeps): Promise<ServerHooks> {
    const hooks = new ServerHooks(deps);
    const addresses = new Map(deps.servers.map((server) => [server.id, server]));
    for (const hook of await deps.store.listServerHooks()) {
      const address = addresses.get(hook.serverId);
      if (address === undefined) await deps.store.removeServerHook(hook.serverId);
      else hooks.#entries.set(hook.serverId, { ...newEntry(), hook, address });
    }
    return hooks;
  }

  /** Whether a request to the hook's URL was sent by who got that URL; takes as long for any answer. */
  isFrom(serverId: string, token: string): boolean {
    const known = this.#entries.get(serverId)?.hook?.token ?? '';
    return timingSafeEqual(digestOf(token), digestOf(known)) && known !== '';
  }

  /** Whether the server is known to have the hook; `undefined` while it was not asked. */
  isUp(serverId: string): boolean | undefined {
    return this.#entries.get(serverId)?.isUp;
  }

  /** A good poll of a server. Never waits for it. */
  onPolled({ definition, healthSince }: PolledServer): void {
    // It may have left since the poll began.
    if (!this.#deps.isMember(definition.id)) return;
    const entry = this.#entryOf(definition.id);
    const isSame = entry.address?.url === definition.url && entry.address.secret === definition.secret;
    if (!isSame || entry.healthSince !== healthSince) {
      entry.dueAt = -Infinity;
      entry.failures = 0;
    }
    entry.address = definition;
    entry.healthSince = healthSince;
    const { isOn, baseFor, now } = this.#deps;
    if (this.#stopping.signal.aborted || now() < entry.dueAt || (!isOn && entry.hook === undefined)) return;
    if (isOn && baseFor(definition) === undefined) {
      this.#sayUnreachable();
      return;
    }
    entry.running ??= this.#look(definition, entry).finally(() => {
      entry.running = undefined;
    });
  }

  /** The server has left the pool: its hook is forgotten, and removed there if it still answers. Never waits for it. */
  forget(serverId: string): void {
    const entry = this.#entries.get(serverId);
    if (entry === undefined) return;
    this.#entries.delete(serverId);
    const leaving = this.#leave(serverId, entry)
      .catch((error: unknown) => {
        this.#deps.logger.warn('the webhook of a removed server could not be forgotten', { serverId, error });
      })
      .finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** Breaks off what is under way and waits for it; the hooks stay, and events come again after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const { running } of this.#entries.values()) await running;
    await Promise.all(this.#leaving);
  }

  #sayUnreachable(): void {
    if (this.#hasSaidUnreachable) return;
    this.#hasSaidUnreachable = true;
    this.#deps.logger.info('no webhooks on servers elsewhere: set publicUrl, so that they can reach Ballast');
  }

  async #leave(serverId: string, entry: Entry): Promise<void> {
    await entry.running;
    await this.#deps.store.removeServerHook(serverId);
    const { address, hook } = entry;
    if (address === undefined || hook?.registered === undefined) return;
    await this.#remove(address, hook.registered.hookId);
    this.#deps.onLeft(serverId);
  }

  async #look(server: ServerAddress, entry: Entry): Promise<void> {
    const { now, logger } = this.#deps;
    try {
      await (this.#deps.isOn ? this.#register(server, entry) : this.#withdraw(server, entry));
      if (entry.isUp === false) logger.info('server offers webhooks now', { serverId: server.id });
      entry.isUp = this.#deps.isOn ? true : undefined;
      entry.failures = 0;
      entry.dueAt = now() + CHECK_MS;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      // Many servers have no webhooks. That is no fault, and said once.
      if (entry.isUp !== false) {
        logger.info('server takes no webhook: what happens on it shows with its next poll', {
          serverId: server.id,
          error,
        });
      }
      entry.isUp = false;
      entry.dueAt = now() + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 4 ** entry.failures);
      entry.failures += 1;
    }
  }

  /** The same URL again is the same hook to bbb-webhooks: asking is looking. */
  async #register(server: ServerAddress, entry: Entry): Promise<void> {
    const { store, registrar, baseFor, newToken } = this.#deps;
    const before = entry.hook?.registered;
    const token = entry.hook?.token ?? newToken();
    const callbackUrl = `${baseFor(server) ?? ''}${HOOKS_PATH}${encodeURIComponent(server.id)}/${token}`;
    if (entry.hook === undefined) {
      entry.hook = { serverId: server.id, token, registered: undefined };
      // First, or the server would know a token that a crash has made ours forget.
      await store.saveServerHook(entry.hook);
    }
    const { signal } = this.#stopping;
    const hookId = await registrar.register(server, callbackUrl, signal);
    if (before?.callbackUrl !== callbackUrl || before.hookId !== hookId) {
      entry.hook = { serverId: server.id, token, registered: { callbackUrl, hookId } };
      await store.saveServerHook(entry.hook);
    }
    if (before !== undefined && before.callbackUrl !== callbackUrl) await this.#remove(server, before.hookId);
  }

  async #withdraw(server: ServerAddress, entry: Entry): Promise<void> {
    if (entry.hook?.registered !== undefined) await this.#remove(server, entry.hook.registered.hookId);
    await this.#deps.store.removeServerHook(server.id);
    entry.hook = undefined;
  }

  /** Best effort: bbb-webhooks itself gives a hook up whose URL is no longer answered. */
  async #remove(server: ServerAddress, hookId: string): Promise<void> {
    try {
      await this.#deps.registrar.remove(server, hookId, this.#stopping.signal);
    } catch (error) {
      this.#deps.logger.info('a webhook could not be removed from a server', { serverId: server.id, error });
    }
  }

  #entryOf(serverId: string): Entry {
    let entry = this.#entries.get(serverId);
    if (entry === undefined) this.#entries.set(serverId, (entry = newEntry()));
    return entry;
  }
}

function newEntry(): Entry {
  return {
    address: undefined,
    hook: undefined,
    isUp: undefined,
    failures: 0,
    dueAt: -Infinity,
    healthSince: undefined,
    running: undefined,
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
