import { END_SLOTS, type EndSlot } from './callback-slots.js';
import type { NewCallback } from './callback.js';
import type { CallbackTarget } from './callback-target.js';
import { endUrl } from './end-url.js';

/** The key of a session's end in the outbox. */
export function endKey({ id, session }: CallbackTarget, slot: EndSlot): string {
  return `${id}:${session}:${slot}`;
}

/** What the key of a session's end says of it. */
export function readEndKey(key: string): { readonly id: string; readonly session: string | undefined } {
  const [id = '', session] = key.split(':');
  return { id, session };
}

/** The key of the same end while it is told unless the server tells of it. */
export function owedKey(key: string): string {
  return `${key}:owed`;
}

/** The end of a session as its front end is to be told; `undefined` where it did not ask for that. */
export function endCallback(
  target: CallbackTarget,
  slot: EndSlot,
  recordingMarks: boolean,
  dueAt: number,
): NewCallback | undefined {
  const url = target.urls[slot];
  if (url === undefined) return undefined;
  const { tenantId, meetingId } = target;
  return {
    kind: 'end',
    key: endKey(target, slot),
    tenantId,
    meetingId,
    target: slot === 'end' ? endUrl(url, recordingMarks, meetingId) : url,
    content: { form: 'get' },
    dueAt,
  };
}

/** Of an end that no server told of: nothing is known of marks, and a front end would wait for a recording. */
export function untoldEnd(target: CallbackTarget, dueAt: number): readonly NewCallback[] {
  return END_SLOTS.flatMap((slot) => endCallback(target, slot, false, dueAt) ?? []);
}
