import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** A webhook as somebody registered it. */
export interface SimHook {
  readonly id: string;
  readonly callbackUrl: string;
  /** Only of this meeting; absent: of all. */
  readonly meetingId: string | undefined;
  /** In lower case; empty: every event. */
  readonly eventIds: readonly string[];
}

/** Something that happened, as bbb-webhooks maps it. */
export interface SimEvent {
  readonly id: string;
  readonly meetingId: string;
  readonly internalId: string;
  /** Further attributes beside `meeting`, and what else it says of the meeting. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly meeting?: Readonly<Record<string, unknown>>;
}

/** One attempt to tell. */
export interface SentEvent {
  readonly id: string;
  readonly url: string;
  /** HTTP status, or what kept it from arriving. */
  readonly outcome: number | string;
}

/** What HookEvents is made of. */
export interface HookEventsOptions {
  readonly secret: string;
  readonly domain: string;
  /** Wait before the second attempt, doubled for each further one. */
  readonly retryMs: number;
  /** False while the server is down. */
  readonly isUp: () => boolean;
  /** The server's clock. */
  readonly now: () => number;
}

const ATTEMPTS = 6;
const TIMEOUT_MS = 5_000;

interface Registered {
  readonly hook: SimHook;
  /** Ends with the newest event: each hook hears of one after another. */
  told: Promise<void>;
  readonly gone: AbortController;
}

/** bbb-webhooks: the registered hooks, and what is posted to them. A hook whose URL fails six times is given up. */
export class HookEvents {
  readonly #options: HookEventsOptions;
  readonly #hooks = new Map<string, Registered>();
  readonly #telling = new Set<Promise<void>>();
  readonly #sent: SentEvent[] = [];

  constructor(options: HookEventsOptions) {
    this.#options = options;
  }

  /** In order of registration. */
  get hooks(): readonly SimHook[] {
    return [...this.#hooks.values()].map(({ hook }) => hook);
  }

  /** Attempts, the last thousand. */
  get sent(): readonly SentEvent[] {
    return this.#sent;
  }

  /** A new hook, or the one with the same URL. */
  create(wanted: Omit<SimHook, 'id'>): { readonly hook: SimHook; readonly isDuplicate: boolean } {
    const known = this.hooks.find(({ callbackUrl }) => callbackUrl === wanted.callbackUrl);
    if (known !== undefined) return { hook: known, isDuplicate: true };
    const hook = { ...wanted, id: randomUUID() };
    this.#hooks.set(hook.id, { hook, told: Promise.resolve(), gone: new AbortController() });
    return { hook, isDuplicate: false };
  }

  /** False when there is no such hook. What was still to be told to it is lost. */
  destroy(id: string): boolean {
    this.#hooks.get(id)?.gone.abort();
    return this.#hooks.delete(id);
  }

  /** Tells every hook that wants to know. */
  emit(event: SimEvent): void {
    if (this.#hooks.size === 0) return;
    const timestamp = this.#options.now();
    const text = `[${JSON.stringify(eventJson(event, timestamp))}]`;
    for (const registered of this.#hooks.values()) {
      const { meetingId, eventIds } = registered.hook;
      if (meetingId !== undefined && meetingId !== event.meetingId) continue;
      if (eventIds.length > 0 && !eventIds.includes(event.id)) continue;
      registered.told = registered.told.then(() => this.#tell(registered, event.id, text, timestamp));
      const telling = registered.told.finally(() => this.#telling.delete(telling));
      this.#telling.add(telling);
    }
  }

  /** As a crash of a server that keeps its hooks in memory only: all are lost. */
  lose(): void {
    for (const id of [...this.#hooks.keys()]) this.destroy(id);
  }

  /** Breaks off what is under way. */
  async stop(): Promise<void> {
    this.lose();
    await Promise.all(this.#telling);
  }

  async #tell({ hook, gone }: Registered, id: string, event: string, timestamp: number): Promise<void> {
    const { retryMs, isUp } = this.#options;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const waitMs = attempt === 0 ? 0 : retryMs * 2 ** (attempt - 1);
      if (waitMs > 0) await delay(waitMs, undefined, { signal: gone.signal }).catch(() => undefined);
      if (gone.signal.aborted) return;
      const outcome = isUp() ? await this.#post(hook, event, timestamp, gone.signal) : 'down';
      this.#sent.push({ id, url: hook.callbackUrl, outcome });
      if (this.#sent.length > 1_000) this.#sent.shift();
      // bbb-webhooks takes a 401 for "understood and refused".
      if (typeof outcome === 'number' && (outcome < 300 || outcome === 401)) return;
    }
    this.destroy(hook.id);
  }

  async #post(
    { callbackUrl }: SimHook,
    event: string,
    timestamp: number,
    signal: AbortSignal,
  ): Promise<number | string> {
    const { domain, secret } = this.#options;
    const signed = callbackUrl + JSON.stringify({ event, timestamp, domain }) + secret;
    const checksum = createHash('sha1').update(signed).digest('hex');
    try {
      const answer = await fetch(
        `${callbackUrl}${callbackUrl.includes('?') ? '&' : '?'}checksum=${checksum}`,
        {
          method: 'POST',
          body: new URLSearchParams({ event, timestamp: String(timestamp), domain }),
          redirect: 'manual',
          signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        },
      );
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
}

function eventJson({ id, meetingId, internalId, attributes, meeting }: SimEvent, ts: number): object {
  const ids = { 'internal-meeting-id': internalId, 'external-meeting-id': meetingId };
  return {
    data: {
      type: 'event',
      id,
      attributes: { meeting: { ...ids, ...meeting }, ...attributes },
      event: { ts },
    },
  };
}
