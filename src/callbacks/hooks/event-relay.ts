import { createHash } from 'node:crypto';
import { scopePrefix } from '../../tenants/meeting-scope.js';
import type { NewCallback } from '../callback.js';
import { CALLBACKS_PATH } from '../own-urls.js';
import type { EventFeed } from './event-feed.js';
import type { HookDirectory } from './hook-directory.js';
import { mapStrings, parseHookEvents, type HookEvent, type JsonObject } from './hook-event.js';
import { hookName } from './hook.js';
import type { ToldMeeting } from './told-meeting.js';

/** relayed: at least one hook wanted it · unmatched: none did, or nobody's meeting · malformed: no event of BBB's. */
export const EVENT_OUTCOMES = ['relayed', 'unmatched', 'malformed'] as const;

/** One of EVENT_OUTCOMES. */
export type EventOutcome = (typeof EVENT_OUTCOMES)[number];

export interface EventRelayDeps {
  readonly hooks: Pick<HookDirectory, 'wanting' | 'removeOfMeeting'>;
  readonly outbox: { addAll(callbacks: readonly NewCallback[]): Promise<readonly unknown[]> };
  /** Whose meeting it is; `undefined` where nobody can tell. */
  readonly meetingOf: (serverId: string, event: HookEvent) => ToldMeeting | undefined;
  /** The front end's URL for one of Ballast's callback URLs; `undefined` for any other text. */
  readonly originalOf: (url: string, tenantId: string) => Promise<string | undefined>;
  readonly feed: Pick<EventFeed, 'told'>;
  readonly onEvent: (outcome: EventOutcome) => void;
  /** ms since 1970. */
  readonly now: () => number;
}

/** What BBB writes of a meeting under its external ID: in events, and in the metadata of recordings. */
const ID_NAME = /^(?:.*meeting-id|meetingId)$/;

/** From 2001 to 2286 in ms: anything else is seconds, or no time. */
const EARLIEST_MS = 1e12;
const LATEST_MS = 1e13;

/** Passes the events of servers on to the hooks that want them, in the tenant's own words. */
export class EventRelay {
  readonly #deps: EventRelayDeps;
  /** By server: ends with what it posted last. */
  readonly #taken = new Map<string, Promise<void>>();

  constructor(deps: EventRelayDeps) {
    this.#deps = deps;
  }

  /**
   * Takes what a server posted, in the order of arrival. All of it is in the outbox when this resolves; rejects when the
   * store fails, and the server tries again: an event that comes twice is passed on once.
   */
  async take(serverId: string, form: string): Promise<void> {
    const before = this.#taken.get(serverId) ?? Promise.resolve();
    const taking = before.then(() => this.#take(serverId, form));
    const taken = taking
      .catch(() => undefined)
      .then(() => {
        if (this.#taken.get(serverId) === taken) this.#taken.delete(serverId);
      });
    this.#taken.set(serverId, taken);
    await taking;
  }

  async #take(serverId: string, form: string): Promise<void> {
    const { outbox, feed, hooks, onEvent } = this.#deps;
    const { events, malformed, sentAt } = parseHookEvents(form);
    const told = events.map((event) => ({ event, meeting: this.#deps.meetingOf(serverId, event) }));
    const wanted: NewCallback[] = [];
    const outcomes: EventOutcome[] = Array.from({ length: malformed }, () => 'malformed');
    for (const { event, meeting } of told) {
      const callbacks =
        meeting === undefined ? [] : await this.#callbacksOf(serverId, event, meeting, sentAt);
      wanted.push(...callbacks);
      outcomes.push(callbacks.length > 0 ? 'relayed' : 'unmatched');
    }
    if (wanted.length > 0) await outbox.addAll(wanted);
    outcomes.forEach(onEvent);
    for (const { event, meeting } of told) {
      if (meeting === undefined) continue;
      feed.told(serverId, event, meeting);
      if (event.id !== 'meeting-ended' || meeting.isSuperseded) continue;
      await hooks.removeOfMeeting(meeting.tenantId, meeting.meetingId);
    }
  }

  async #callbacksOf(
    serverId: string,
    event: HookEvent,
    meeting: ToldMeeting,
    sentAt: number | undefined,
  ): Promise<readonly NewCallback[]> {
    // The end of a copy that was left behind is not the end of the meeting.
    if (event.id === 'meeting-ended' && meeting.isSuperseded) return [];
    const { tenantId, meetingId } = meeting;
    const hooks = this.#deps.hooks.wanting(tenantId, meetingId, event.id);
    if (hooks.length === 0) return [];
    const digest = createHash('sha256').update(JSON.stringify(event.content)).digest('hex');
    // Always in a list, as bbb-webhooks has it since 2.0.
    const text = `[${JSON.stringify(await this.#inOwnWords(event.content, tenantId))}]`;
    const dueAt = this.#deps.now();
    // Not the time of arrival: a repeat must say the same.
    const timestamp = [event.at, sentAt].find((time) => time !== undefined && isMs(time)) ?? dueAt;
    return hooks.map((hook) => ({
      kind: 'hook',
      key: `${hookName(hook)}${serverId} ${digest}`,
      tenantId,
      meetingId,
      target: hook.callbackUrl,
      lane: hookName(hook) + meetingId,
      content: { form: 'hook', event: text, timestamp },
      dueAt,
    }));
  }

  /** The event with the tenant's own meeting ID and callback URLs, all else as the server wrote it. */
  async #inOwnWords(content: JsonObject, tenantId: string): Promise<unknown> {
    const ours = new Map<string, string>();
    mapStrings(content, (text) => {
      if (text.includes(CALLBACKS_PATH)) ours.set(text, text);
      return text;
    });
    for (const url of ours.keys()) ours.set(url, (await this.#deps.originalOf(url, tenantId)) ?? url);
    const prefix = scopePrefix(tenantId);
    return mapStrings(content, (text, name) => {
      if (prefix !== '' && ID_NAME.test(name) && text.startsWith(prefix)) return text.slice(prefix.length);
      return ours.get(text) ?? text;
    });
  }
}

function isMs(time: number): boolean {
  return time > EARLIEST_MS && time < LATEST_MS;
}
