/** JSON as parsed, to be changed only by copying. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/** One event of bbb-webhooks. IDs of meetings are the server's, thus with the tenant's scope. */
export interface HookEvent {
  /** `meeting-created`, `user-joined`, … */
  readonly id: string;
  /** Absent where bbb-webhooks was restarted and no longer knows it. */
  readonly meetingId: string | undefined;
  readonly internalMeetingId: string | undefined;
  /** Internal ID of the parent, of a breakout room that was just made. */
  readonly parentId: string | undefined;
  readonly userId: string | undefined;
  /** The server's clock, ms since 1970. */
  readonly at: number | undefined;
  readonly content: JsonObject;
}

/** What one request brought; `malformed` counts events that are none. */
export interface ReceivedEvents {
  readonly events: readonly HookEvent[];
  readonly malformed: number;
  /** What the server says of when it sent them, ms since 1970. */
  readonly sentAt: number | undefined;
}

const NONE: ReceivedEvents = { events: [], malformed: 1, sentAt: undefined };

/** No event of BBB's is nearly as deep; what walks through it calls itself. */
const DEEPEST = 32;

/**
 * Reads the form that bbb-webhooks posts: `event` is one event or a list of them (2.0 and later). Never throws.
 * Source: bbb-webhooks 2.x and 3.x.
 */
export function parseHookEvents(form: string): ReceivedEvents {
  const fields = new URLSearchParams(form);
  const text = fields.get('event');
  const parsed = text === null ? undefined : parseJson(text);
  if (parsed === undefined) return NONE;
  const items = isList(parsed) ? parsed : [parsed];
  const events = items.flatMap((item) => toEvent(item) ?? []);
  const sent = fields.get('timestamp') ?? '';
  const sentAt = /^\d{1,15}$/.test(sent) ? Number(sent) : undefined;
  return { events, malformed: items.length - events.length, sentAt };
}

/** A value with every string in it changed; `name` is that of the property it stands in, or that its list stands in. */
export function mapStrings(
  value: JsonValue,
  change: (text: string, name: string) => string,
  name = '',
): JsonValue {
  if (typeof value === 'string') return change(value, name);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => mapStrings(item, change, name));
  const entries = Object.entries(value).map(([key, inner]) => [key, mapStrings(inner, change, key)] as const);
  return Object.fromEntries(entries);
}

function toEvent(item: JsonValue): HookEvent | undefined {
  const data = isObject(item) ? item.data : undefined;
  if (!isObject(item) || !isObject(data) || typeof data.id !== 'string' || !isShallow(item)) return undefined;
  const attributes = objectIn(data, 'attributes');
  const meeting = objectIn(attributes, 'meeting');
  const { ts } = objectIn(data, 'event');
  const parentId = textIn(meeting, 'parent-id');
  return {
    id: data.id,
    meetingId: textIn(meeting, 'external-meeting-id'),
    internalMeetingId: textIn(meeting, 'internal-meeting-id'),
    parentId: parentId === 'bbb-none' ? undefined : parentId,
    userId: textIn(objectIn(attributes, 'user'), 'internal-user-id'),
    at: typeof ts === 'number' && Number.isSafeInteger(ts) ? ts : undefined,
    content: item,
  };
}

function isShallow(value: JsonValue, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= DEEPEST) return false;
  return Object.values(value).every((inner: JsonValue) => isShallow(inner, depth + 1));
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // What is no JSON is no event, which is what `undefined` says.
    return undefined;
  }
}

function objectIn(from: JsonObject, name: string): JsonObject {
  const found = Object.hasOwn(from, name) ? from[name] : undefined;
  return isObject(found) ? found : {};
}

function textIn(from: JsonObject, name: string): string | undefined {
  const found = Object.hasOwn(from, name) ? from[name] : undefined;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
