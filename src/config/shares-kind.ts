import { z } from 'zod';
import type { Kind } from './setting-kinds.js';

type Shares = Readonly<Record<string, number>>;

/** Parts of a whole by tag: a mapping in a file, `tag=part` separated by commas (or JSON) in the environment. */
export function shares(): Kind<Shares> {
  const schema = z
    .unknown()
    .transform(readShares)
    .refine((value) => value !== undefined);
  return { allowed: 'parts from 0 to 1 by tag, such as { canary: 0.05 }', schema, form: 'list' };
}

/** `undefined` where anything in it cannot be read: half of what was meant would be worse. */
function readShares(given: unknown): Shares | undefined {
  const entries = entriesOf(given);
  if (entries === undefined || new Set(entries.map(([tag]) => tag)).size < entries.length) return undefined;
  const read: (readonly [string, number])[] = [];
  for (const [tag, raw] of entries) {
    const part = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
    if (!/^[^\s,!]{1,64}$/.test(tag) || typeof part !== 'number' || !(part >= 0 && part <= 1))
      return undefined;
    read.push([tag, part]);
  }
  return Object.fromEntries(read);
}

function entriesOf(given: unknown): readonly (readonly [string, unknown])[] | undefined {
  if (typeof given === 'string') return entriesOf(given.split(',').filter((part) => part.trim() !== ''));
  if (!Array.isArray(given)) {
    return typeof given === 'object' && given !== null ? Object.entries(given) : undefined;
  }
  return given.map((part: unknown): readonly [string, unknown] => {
    const text = String(part);
    const at = text.lastIndexOf('=');
    return at < 0 ? [text, undefined] : [text.slice(0, at).trim(), text.slice(at + 1)];
  });
}
