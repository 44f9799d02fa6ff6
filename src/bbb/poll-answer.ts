import { setImmediate } from 'node:timers/promises';
import { MalformedAnswer } from './malformed-answer.js';
import type { PolledMeeting } from './polled-meeting.js';
import { nextChild, responseStart, skipBlanks, textOf } from './xml-scan.js';
import type { ScannedElement } from './xml-scan.js';

/** What a server's getMeetings answer says. */
export interface PollAnswer {
  readonly returnCode: 'SUCCESS' | 'FAILED';
  readonly messageKey: string | undefined;
  /** In the server's order, breakout rooms included; a meeting without an ID is left out. */
  readonly meetings: readonly PolledMeeting[];
}

// About 1 ms of work; between two slices other requests are served.
const SLICE_BYTES = 256 * 1024;

/**
 * Reads a getMeetings answer. The lists of attendees and the metadata are skipped unread, and a long answer is read in
 * slices, so that no poll blocks the event loop. Throws MalformedAnswer for what is no whole list of meetings.
 */
export async function parsePollAnswer(body: Buffer): Promise<PollAnswer> {
  const xml = body.toString('latin1');
  const meetings: PolledMeeting[] = [];
  const texts = new Map<string, string>();
  let hasMeetings = false;
  const root = responseStart(xml);
  if (root === undefined) throw new MalformedAnswer('the answer has no root <response>');
  let at = root;
  for (let child = childAt(xml, at); child !== undefined; child = childAt(xml, at)) {
    at = child.end;
    if (child.name === 'meetings') {
      hasMeetings = true;
      await readMeetings(xml, child, body, meetings);
    } else if (!texts.has(child.name)) texts.set(child.name, textOf(xml, child) ?? '');
  }
  requireEnd(xml, at);
  const returnCode = texts.get('returncode')?.trim();
  const messageKey = texts.get('messageKey')?.trim();
  if (returnCode !== 'SUCCESS' && returnCode !== 'FAILED') throw new MalformedAnswer('no returncode');
  if (returnCode === 'SUCCESS' && !hasMeetings && messageKey !== 'noMeetings') {
    throw new MalformedAnswer('the answer has no list of meetings');
  }
  return { returnCode, messageKey: messageKey === '' ? undefined : messageKey, meetings };
}

async function readMeetings(
  xml: string,
  list: ScannedElement,
  body: Buffer,
  into: PolledMeeting[],
): Promise<void> {
  let at = list.contentStart;
  let pauseAt = at + SLICE_BYTES;
  while (at < list.contentEnd) {
    const child = childAt(xml, at);
    if (child === undefined) return;
    at = child.end;
    const meeting = child.name === 'meeting' ? readMeeting(xml, child, body) : undefined;
    if (meeting !== undefined) into.push(meeting);
    if (at < pauseAt) continue;
    await setImmediate();
    pauseAt = at + SLICE_BYTES;
  }
}

function readMeeting(xml: string, element: ScannedElement, body: Buffer): PolledMeeting | undefined {
  const fields = new Map<string, ScannedElement>();
  let at = element.contentStart;
  while (at < element.contentEnd) {
    const child = childAt(xml, at);
    if (child === undefined) break;
    if (!fields.has(child.name)) fields.set(child.name, child);
    at = child.end;
  }
  const text = (name: string): string => {
    const field = fields.get(name);
    return field === undefined ? '' : (textOf(xml, field) ?? '');
  };
  const meetingId = text('meetingID');
  if (meetingId === '') return undefined;
  return {
    meetingId,
    internalMeetingId: text('internalMeetingID'),
    name: text('meetingName'),
    createTime: positive(text('createTime'), 16),
    isRunning: text('running').trim() === 'true',
    isBreakout: text('isBreakout').trim() === 'true',
    parentMeetingId: text('parentMeetingID') || nestedParent(xml, fields.get('breakout')),
    hasBeenForciblyEnded: text('hasBeenForciblyEnded').trim() === 'true',
    attendees: count(text('participantCount')) ?? countAttendees(xml, fields.get('attendees')),
    listeners: count(text('listenerCount')) ?? 0,
    voice: count(text('voiceParticipantCount')) ?? 0,
    video: count(text('videoCount')) ?? 0,
    maxUsers: count(text('maxUsers')) ?? 0,
    moderatorPassword: text('moderatorPW') || undefined,
    xml: body.subarray(element.start, element.end),
  };
}

function childAt(xml: string, at: number): ScannedElement | undefined {
  const child = nextChild(xml, at);
  if (child === 'broken') throw new MalformedAnswer(`the answer is cut or broken near byte ${at}`);
  return child === 'end' ? undefined : child;
}

/** Behind the root's last child stands its end tag, and behind that nothing. */
function requireEnd(xml: string, at: number): void {
  const endTag = xml.indexOf('</', at);
  const end = endTag === -1 || !xml.startsWith('</response', endTag) ? -1 : xml.indexOf('>', endTag);
  if (end === -1 || skipBlanks(xml, end + 1) < xml.length) {
    throw new MalformedAnswer('the answer does not end with </response>');
  }
}

/** The documented form of a breakout's parent; current servers write it directly into the meeting. */
function nestedParent(xml: string, breakout: ScannedElement | undefined): string | undefined {
  let at = breakout?.contentStart ?? Infinity;
  while (breakout !== undefined && at < breakout.contentEnd) {
    const child = childAt(xml, at);
    if (child === undefined) return undefined;
    if (child.name === 'parentMeetingID') return textOf(xml, child);
    at = child.end;
  }
  return undefined;
}

/** For a server that does not say how many are in: its list of attendees is counted. */
function countAttendees(xml: string, list: ScannedElement | undefined): number {
  if (list === undefined) return 0;
  return xml.slice(list.contentStart, list.contentEnd).split('<attendee>').length - 1;
}

function count(text: string): number | undefined {
  const trimmed = text.trim();
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : undefined;
}

function positive(text: string, digits: number): number | undefined {
  const trimmed = text.trim();
  if (!/^\d+$/.test(trimmed) || trimmed.length > digits) return undefined;
  return Number(trimmed) || undefined;
}
