import type { NewCallback } from './callback.js';
import { scopedOf, type CallbackTarget } from './callback-target.js';
import { isOwnMeeting, isRecordId } from './meeting-claims.js';
import { findOwnUrls } from './own-urls.js';
import type { CallbackTokens } from './callback-tokens.js';

const STRING = /"(?:[^"\\]|\\.)*"/g;
const MEETING_ID = /("meeting_id"\s*:\s*)("(?:[^"\\]|\\.)*")/g;

/** The analytics of one session of a meeting, as they came. */
export interface Analytics {
  readonly meetingId: string;
  readonly internalMeetingId: string;
  readonly text: string;
}

/** Reads what a server posted; `undefined` for what is no analytics of this target's meeting. */
export function parseAnalytics(body: Buffer, target: CallbackTarget): Analytics | undefined {
  try {
    // Invalid UTF-8 could not be given on byte for byte; BBB writes none.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    const document: unknown = JSON.parse(text);
    if (typeof document !== 'object' || document === null) return undefined;
    const { meeting_id: meetingId, internal_meeting_id: internalMeetingId } = document as Record<
      string,
      unknown
    >;
    if (typeof meetingId !== 'string' || !isOwnMeeting(meetingId, scopedOf(target))) return undefined;
    if (typeof internalMeetingId !== 'string' || !isRecordId(internalMeetingId)) return undefined;
    return { meetingId, internalMeetingId, text };
  } catch {
    // No UTF-8 or no JSON, which is what `undefined` says.
    return undefined;
  }
}

/** The callback that carries them on: untouched but for Ballast's own URLs and the tenant's scope. */
export function analyticsCallback(
  target: CallbackTarget,
  { text, internalMeetingId }: Analytics,
  { tokens, now }: { readonly tokens: CallbackTokens; readonly now: number },
): NewCallback | undefined {
  const url = target.urls.analytics;
  if (url === undefined) return undefined;
  return {
    kind: 'analytics',
    key: `${target.id}:${internalMeetingId}`,
    tenantId: target.tenantId,
    meetingId: target.meetingId,
    target: url.trim(),
    content: { form: 'analytics', body: withOwnIds(withGivenUrls(text, target, tokens), target) },
    dueAt: now,
  };
}

function withGivenUrls(text: string, target: CallbackTarget, tokens: CallbackTokens): string {
  if (!text.includes(target.id)) return text;
  return text.replace(STRING, (literal) => {
    if (!literal.includes(target.id)) return literal;
    const value = JSON.parse(literal) as string;
    const [own] = findOwnUrls(value);
    const isWhole = own?.start === 0 && own.end === value.length && tokens.idOf(own.token) === target.id;
    return isWhole ? JSON.stringify(target.urls[own.slot] ?? '') : literal;
  });
}

function withOwnIds(text: string, target: CallbackTarget): string {
  const scopedId = scopedOf(target);
  if (scopedId === target.meetingId) return text;
  return text.replace(MEETING_ID, (whole, name: string, literal: string) =>
    JSON.parse(literal) === scopedId ? name + JSON.stringify(target.meetingId) : whole,
  );
}
