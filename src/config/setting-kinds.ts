import { isIP } from 'node:net';
import { z } from 'zod';
import { parseByteSize } from './byte-size.js';
import { formatDuration, parseDuration } from './duration.js';
import type { Setting } from './setting.js';

/** What a kind of value allows, apart from the setting that uses it. */
export interface Kind<Value> {
  readonly allowed: string;
  readonly schema: z.ZodType<Value>;
  readonly form: 'text' | 'list' | 'json';
}

interface About {
  readonly doc: string;
  readonly fallback?: Setting<unknown>['fallback'];
  readonly required?: string;
  readonly isSecret?: boolean;
}

/** A setting that always has a value: a fallback, or a fault without one. */
export function setting<Value>(key: string, kind: Kind<Value>, about: About): Setting<Value> {
  const { doc, fallback, required, isSecret = false } = about;
  return { type: 'setting', key, ...kind, doc, fallback, required, isSecret };
}

/** A setting that may stay without a value. */
export function optional<Value>(key: string, kind: Kind<Value>, about: About): Setting<Value | undefined> {
  return setting<Value | undefined>(key, kind, about);
}

function textKind<Value>(allowed: string, read: (text: string) => Value | undefined): Kind<Value> {
  const schema = z
    .union([z.string(), z.number(), z.boolean()])
    .transform((given) => read(String(given).trim()))
    .refine((value) => value !== undefined)
    .transform((value) => value as Value);
  return { allowed, schema, form: 'text' };
}

/** Any text but an empty one. A number is refused: YAML would read 0123 or 1e5 as another text than was written. */
export function text(what: string): Kind<string> {
  return { allowed: what, schema: z.string().trim().min(1), form: 'text' };
}

/** setTimeout cannot wait for longer than 24 days. */
const LONGEST_WAIT_MS = 20 * 86_400_000;

/** A duration with its unit, up to `maxMs`: 20 days unless given. */
export function duration(minMs: number, example = '10s', maxMs = LONGEST_WAIT_MS): Kind<number> {
  const allowed = `a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}, such as "${example}"`;
  return textKind(allowed, (given) => within(parseDuration(given), minMs, maxMs));
}

/** A whole number. */
export function whole(min: number, max: number): Kind<number> {
  return textKind(`a whole number from ${min} to ${max}`, (given) =>
    /^-?\d+$/.test(given) ? within(Number(given), min, max) : undefined,
  );
}

/** A number from `min` (or above it, when `isAbove`) to 1. */
export function ratio(isAbove: boolean): Kind<number> {
  const allowed = isAbove ? 'a number above 0, up to 1' : 'a number from 0 to 1';
  return textKind(allowed, (given) => {
    const value = given === '' ? Number.NaN : Number(given);
    return isAbove && value === 0 ? undefined : within(value, 0, 1);
  });
}

/** A size in bytes. */
export function byteSize(min: number, example: string): Kind<number> {
  return textKind(`a size such as "${example}"`, (given) => within(parseByteSize(given), min, 2 ** 40));
}

/** true or false. */
export function flag(): Kind<boolean> {
  return textKind('true or false', (given) =>
    given === 'true' ? true : given === 'false' ? false : undefined,
  );
}

/** One of a closed list of words. */
export function oneOf<const Words extends readonly string[]>(words: Words): Kind<Words[number]> {
  return textKind(`one of ${words.join(', ')}`, (given) => words.find((word) => word === given));
}

/** An http(s) URL; a trailing slash is dropped. */
export function httpUrl(example: string): Kind<string> {
  return textKind(`an http or https URL, such as ${example}`, (given) => {
    const url = URL.canParse(given) ? new URL(given) : undefined;
    if (url === undefined || !['http:', 'https:'].includes(url.protocol)) return undefined;
    if (url.search !== '' || url.hash !== '') return undefined;
    return given.replace(/\/+$/, '');
  });
}

/** A path of URLs below the root; without segments that lead up, and without what would have to be escaped. */
export function urlPath(example: string): Kind<string> {
  return textKind(`a path such as ${example}`, (given) =>
    /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+\/?$/.test(given) ? given : undefined,
  );
}

/** Where the state is kept: a SQLite file or a PostgreSQL database. */
export function storeUrl(): Kind<string> {
  return textKind('sqlite:PATH, sqlite::memory: or postgres://user:password@host/database', (given) =>
    /^sqlite:.+/.test(given) || (/^postgres(ql)?:\/\/./.test(given) && URL.canParse(given))
      ? given
      : undefined,
  );
}

/** What Express takes as `trust proxy`, checked so that a misspelt network does not surface as its exception. */
export function trustedProxies(): Kind<string | boolean | number> {
  const allowed =
    'true, false, a number of hops, or a list of loopback, linklocal, uniquelocal, addresses, networks';
  const single = textKind<string | boolean | number>(allowed, (given) => {
    if (given === 'true' || given === 'false') return given === 'true';
    if (/^\d{1,2}$/.test(given)) return Number(given);
    return given.split(',').every((part) => isProxyName(part.trim())) ? given : undefined;
  });
  const joined = (given: unknown): unknown =>
    Array.isArray(given) ? (given as unknown[]).join(', ') : given;
  return { ...single, schema: z.preprocess(joined, single.schema) };
}

/** A list of texts; in the environment separated by commas. */
export function listOf<Item extends string>(item: Kind<Item>, atLeast: number): Kind<readonly Item[]> {
  // One text instead of a list is taken as a list of one.
  const listed = (given: unknown): unknown => (Array.isArray(given) ? given : [given]);
  const schema = z.preprocess(listed, z.array(item.schema).min(atLeast));
  return { allowed: `a list, each ${item.allowed}`, schema, form: 'list' };
}

function isProxyName(name: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(name)) return true;
  const [address = '', bits, ...rest] = name.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
