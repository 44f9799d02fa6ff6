import { CALLBACK_SLOTS, isCallbackSlot, type CallbackSlot } from './callback-slots.js';

/** First part of the path of all URLs that servers call. */
export const CALLBACKS_PATH = '/callbacks/';

const TOKEN_CHARACTERS = 32;
/** Longer than any origin and path that an operator would give. */
const LONGEST_BASE = 2_048;
const SLOTS_LONGEST_FIRST = [...CALLBACK_SLOTS].sort((a, b) => b.length - a.length);
const ORIGIN_START = /https?:\/\/[^\s<>"'\\&]*$/;
const GOES_ON = /[\w/-]/;

/** Ballast's own URL for one callback of a session; `base` has no slash at its end. */
export function ownUrl(base: string, token: string, slot: CallbackSlot): string {
  return `${base}${CALLBACKS_PATH}${token}/${slot}`;
}

/** An own URL, or what looks like one, somewhere in a text. */
export interface FoundUrl {
  /** Of its scheme. */
  readonly start: number;
  readonly end: number;
  readonly token: string;
  readonly slot: CallbackSlot;
}

/** Finds every own URL in a text, whatever its base, also one whose slashes JSON has escaped. In one pass. */
export function findOwnUrls(text: string): readonly FoundUrl[] {
  const found: FoundUrl[] = [];
  let behind = 0;
  for (let at = text.indexOf('callbacks'); at !== -1; at = text.indexOf('callbacks', at + 9)) {
    const url = urlAt(text, at, behind);
    if (url === undefined) continue;
    found.push(url);
    behind = url.end;
  }
  return found;
}

/** What stands behind CALLBACKS_PATH in a request's path; `undefined` where that is no own URL. */
export function parseOwnPath(
  path: string,
): { readonly token: string; readonly slot: CallbackSlot } | undefined {
  const slash = path.indexOf('/');
  const slot = path.slice(slash + 1);
  return slash > 0 && isCallbackSlot(slot) ? { token: path.slice(0, slash), slot } : undefined;
}

function urlAt(text: string, at: number, behind: number): FoundUrl | undefined {
  const slash = text.startsWith('\\/callbacks', at - 2) ? '\\/' : '/';
  const isWhole = text.startsWith(slash, at - slash.length) && text.startsWith(slash, at + 9);
  if (!isWhole) return undefined;
  const tokenAt = at + 9 + slash.length;
  const tokenEnd = tokenAt + TOKEN_CHARACTERS;
  if (!text.startsWith(slash, tokenEnd)) return undefined;
  const slotAt = tokenEnd + slash.length;
  const slot = SLOTS_LONGEST_FIRST.find((name) => text.startsWith(name.replace('/', slash), slotAt));
  if (slot === undefined) return undefined;
  const before = text.slice(Math.max(behind, at - LONGEST_BASE), at - slash.length);
  const origin = ORIGIN_START.exec(slash === '/' ? before : before.replaceAll('\\/', '//'));
  if (origin === null) return undefined;
  const end = slotAt + slot.replace('/', slash).length;
  if (GOES_ON.test(text.charAt(end))) return undefined;
  return {
    start: at - slash.length - (before.length - origin.index),
    end,
    token: text.slice(tokenAt, tokenEnd),
    slot,
  };
}
