import { type Precision, timestampMs } from './timestamp.js';

/** A field of a point: number, boolean or text. 64-bit integers beyond 2^53 lose their last digits. */
export type FieldValue = number | string | boolean;

/** One line of line protocol. */
export interface Point {
  readonly measurement: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** Whole ms since 1970; `undefined` when the line has no time. */
  readonly timeMs: number | undefined;
}

/** Which points are worth keeping; of others only the syntax is checked. */
export type WantsPoint = (measurement: string, tags: ReadonlyMap<string, string>) => boolean;

/** A point, nothing to keep (blank, comment, not wanted), a fault, or a string that is still open at the end. */
export type ParsedLine =
  | { readonly kind: 'point'; readonly point: Point }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'fault'; readonly message: string }
  | { readonly kind: 'open' };

const NOTHING: ParsedLine = { kind: 'nothing' };
const OPEN: ParsedLine = { kind: 'open' };

const TAB = 9;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const HASH = 35;
const COMMA = 44;
const EQUALS = 61;
const BACKSLASH = 92;

const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d{1,19}i$/;
const UNSIGNED = /^\d{1,20}u$/;
const ESCAPE = /\\([,= ])/g;
const STRING_ESCAPE = /\\(["\\])/g;

/**
 * Reads one line as the InfluxDB line protocol reference has it: `measurement,tag=v field=1.0,other=2i 1700000000`.
 * Its time is in units of `precision`. Never throws.
 */
export function parseLine(line: string, wants: WantsPoint, precision: Precision): ParsedLine {
  let end = line.length;
  while (end > 0 && isBlank(line.charCodeAt(end - 1))) end -= 1;
  let at = 0;
  while (at < end && isBlank(line.charCodeAt(at))) at += 1;
  if (at === end || line.charCodeAt(at) === HASH) return NOTHING;

  let stop = keyEnd(line, at, end, false);
  if (stop === at) return fault('missing measurement');
  const measurement = unescapeKey(line, at, stop);
  at = stop;

  const tags = new Map<string, string>();
  while (line.charCodeAt(at) === COMMA && at < end) {
    stop = keyEnd(line, at + 1, end, true);
    if (stop === at + 1) return fault('missing tag key');
    if (stop >= end || line.charCodeAt(stop) !== EQUALS) return fault('missing tag value');
    const key = unescapeKey(line, at + 1, stop);
    at = stop + 1;
    stop = keyEnd(line, at, end, true);
    if (stop === at) return fault('missing tag value');
    if (line.charCodeAt(stop) === EQUALS && stop < end) return fault('invalid tag format');
    if (tags.has(key)) return fault('duplicate tags');
    tags.set(key, unescapeKey(line, at, stop));
    at = stop;
  }
  while (at < end && isBlank(line.charCodeAt(at))) at += 1;
  if (at >= end) return fault('missing fields');

  const fields = wants(measurement, tags) ? new Map<string, FieldValue>() : undefined;
  for (;;) {
    stop = keyEnd(line, at, end, true);
    if (stop === at) return fault('missing field key');
    if (stop >= end || line.charCodeAt(stop) !== EQUALS) return fault('missing field value');
    const keyStart = at;
    const keyStop = stop;
    at = stop + 1;
    stop = valueEnd(line, at, end);
    if (stop === -1) return OPEN;
    if (stop === at) return fault('missing field value');
    const value = fieldValue(line, at, stop);
    if (value === undefined) return fault('invalid field value');
    fields?.set(unescapeKey(line, keyStart, keyStop), value);
    at = stop;
    if (at >= end || line.charCodeAt(at) !== COMMA) break;
    at += 1;
  }
  if (at < end && !isBlank(line.charCodeAt(at))) return fault('invalid field format');
  while (at < end && isBlank(line.charCodeAt(at))) at += 1;

  const timeMs = at < end ? timestampMs(line.slice(at, end), precision) : undefined;
  if (at < end && timeMs === undefined) return fault('bad timestamp');
  return fields === undefined ? NOTHING : { kind: 'point', point: { measurement, tags, fields, timeMs } };
}

function fault(message: string): ParsedLine {
  return { kind: 'fault', message };
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB || code === CR || code === 0;
}

/** Where a measurement, key or tag value ends: at a comma, a space or, where that counts, an equals sign. */
function keyEnd(line: string, from: number, end: number, stopsAtEquals: boolean): number {
  let at = from;
  while (at < end) {
    const code = line.charCodeAt(at);
    if (code === COMMA || code === SPACE || (stopsAtEquals && code === EQUALS)) return at;
    if (code === BACKSLASH && at + 1 < end) {
      const next = line.charCodeAt(at + 1);
      if (next === COMMA || next === SPACE || next === EQUALS) at += 1;
    }
    at += 1;
  }
  return end;
}

/** Where a field's value ends; -1 when its string is not closed on this line. */
function valueEnd(line: string, from: number, end: number): number {
  let at = from;
  if (line.charCodeAt(at) === QUOTE && at < end) {
    for (at += 1; at < end; at += 1) {
      const code = line.charCodeAt(at);
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) return at + 1;
    }
    return -1;
  }
  while (at < end) {
    const code = line.charCodeAt(at);
    if (code === COMMA || code === SPACE) return at;
    at += 1;
  }
  return end;
}

function unescapeKey(line: string, from: number, to: number): string {
  const text = line.slice(from, to);
  return text.includes('\\') ? text.replace(ESCAPE, '$1') : text;
}

function fieldValue(line: string, from: number, to: number): FieldValue | undefined {
  const text = line.slice(from, to);
  if (text.charCodeAt(0) === QUOTE) {
    const content = text.slice(1, -1);
    return content.includes('\\') ? content.replace(STRING_ESCAPE, '$1') : content;
  }
  switch (text) {
    case 't':
    case 'T':
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'f':
    case 'F':
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
  }
  if (FLOAT.test(text)) return finite(Number(text), Number.MAX_VALUE);
  if (INTEGER.test(text)) return finite(Number(text.slice(0, -1)), 2 ** 63);
  if (UNSIGNED.test(text)) return finite(Number(text.slice(0, -1)), 2 ** 64);
  return undefined;
}

function finite(value: number, bound: number): number | undefined {
  return Math.abs(value) <= bound ? value : undefined;
}
