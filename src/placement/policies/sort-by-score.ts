import { byId } from '../by-id.js';
import type { Assessment } from '../predict-load.js';

/** As many servers as the marks in the keys can tell apart. */
const MOST_MARKED = 0x1_0000;

/** Where the low half of a 64-bit number lies among two words of 32 bits. */
const LOW_WORD = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 0 : 1;

/** A server and what it is sorted by. */
export interface Scored {
  readonly server: Assessment;
  readonly value: number;
}

/**
 * Lowest value first, ID breaks ties; no value may be NaN. Each create sorts the whole pool: numbers alone are sorted
 * three times as fast as objects by a comparison, so each carries the place of its server in its lowest bits, and only
 * those that are equal but for these are compared.
 */
export function sortByScore(servers: readonly Assessment[], score: (server: Assessment) => number): Scored[] {
  const scored = servers.map((server) => ({ server, value: score(server) }));
  if (scored.length > MOST_MARKED) return scored.sort(compare);
  const keys = new Float64Array(scored.length);
  const words = new Uint32Array(keys.buffer);
  let i = 0;
  for (const { value } of scored) {
    // A mark would make NaN of Infinity; and -0 is 0.
    keys[i] = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)) + 0;
    const low = 2 * i + LOW_WORD;
    words[low] = ((words[low] ?? 0) & 0xffff_0000) | i;
    i += 1;
  }
  keys.sort();
  const sorted: Scored[] = [];
  for (let at = 0; at < scored.length; at += 1) {
    const item = scored[(words[2 * at + LOW_WORD] ?? 0) & 0xffff];
    if (item !== undefined) sorted.push(item);
  }
  return sortRuns(sorted, words);
}

/** Brings those whose keys differ by their marks only into their exact order. */
function sortRuns(sorted: Scored[], words: Uint32Array): Scored[] {
  let begin = 0;
  for (let end = 1; end <= sorted.length; end += 1) {
    if (end < sorted.length && isSameKey(words, begin, end)) continue;
    if (end - begin > 1) {
      let at = begin;
      for (const item of sorted.slice(begin, end).sort(compare)) {
        sorted[at] = item;
        at += 1;
      }
    }
    begin = end;
  }
  return sorted;
}

function isSameKey(words: Uint32Array, a: number, b: number): boolean {
  const high = 1 - LOW_WORD;
  return (
    words[2 * a + high] === words[2 * b + high] &&
    (words[2 * a + LOW_WORD] ?? 0) >>> 16 === (words[2 * b + LOW_WORD] ?? 0) >>> 16
  );
}

function compare(a: Scored, b: Scored): number {
  // Infinity stands for unknown, and Infinity − Infinity is NaN: those are equal as well.
  return a.value - b.value || byId(a.server, b.server);
}
