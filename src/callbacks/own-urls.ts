import { CALLBACK_SLOTS, isCallbackSlot, type CallbackSlot } from './callback-slots.js';

/** First part of the path of all URLs that servers call. */
export const CALLBACKS_PATH = '/callbacks/';

const TOKEN_CHARACTERS = 32;
/** Longer than any origin and path that an operator would give. */
const LONGEST_BASE = 512;
const SLOTS_LONGEST_FIRST = [...CALLBACK_SLOTS].sort((a, b) => b.length - a.length);
const SCHEME = /https?$/;
const DELIMITER = /[\s<>"'\\&]/;
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
  const base = baseBefore(text.slice(Math.max(behind, at - LONGEST_BASE), at - slash.length), slash);
  if (base === undefined) return undefined;
  const end = slotAt + slot.replace('/', slash).length;
  if (GOES_ON.test(text.charAt(end))) return undefined;
  return {
    start: at - slash.length - base.length,
    end,
    token: text.slice(tokenAt, tokenEnd),
    slot,
  };
}

/** Scheme, host and whatever path stand at the end of a text; `undefined` where no URL does. */
function baseBefore(text: string, slash: string): string | undefined {
  const separatorAt = text.lastIndexOf(`:${slash}${slash}`);
  if (separatorAt < 0) return undefined;
  const behind = text.slice(separatorAt + 1);
  if (DELIMITER.test(slash === '/' ? behind : behind.replaceAll(slash, ''))) return undefined;
  const scheme = SCHEME.exec(text.slice(Math.max(0, separatorAt - 5), separatorAt));
  return scheme === null ? undefined : text.slice(separatorAt - scheme[0].length);
}
