import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { SimAnswer, SimContext } from '../calls/sim-call.js';
import type { SimRecording } from '../state/recordings-state.js';
import type { CallLog } from './call-log.js';
import type { SentCallback } from './outgoing-callbacks.js';
import type { Fault, FaultBoard } from './faults.js';

/** What the control paths can turn. */
export interface ControlTarget {
  readonly faults: FaultBoard;
  readonly calls: CallLog;
  readonly callbacks: readonly SentCallback[];
  readonly context: SimContext;
  /** All meetings are lost. */
  restart(): void;
  /** Makes the recording-ready call of a recording. */
  announce(recording: SimRecording): void;
  setClockSkew(skewMs: number): void;
  /** Closes the listener and opens it again after `forMs`. */
  refuseFor(forMs: number): void;
}

const shared = {
  isCarriedOut: z.boolean().optional(),
  times: z.int().positive().optional(),
};
const faultSchema: z.ZodType<Fault> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['reset', 'hang', 'html', 'garbage', 'cut', 'abort', 'wrongSecret']),
    ...shared,
  }),
  z.strictObject({ kind: z.literal('slow'), delayMs: z.int().nonnegative(), ...shared }),
  z.strictObject({ kind: z.literal('status'), status: z.int().min(200).max(599), ...shared }),
  z.strictObject({ kind: z.literal('flood'), bytes: z.int().nonnegative(), ...shared }),
  z.strictObject({ kind: z.literal('failed'), key: z.string(), text: z.string().optional(), ...shared }),
]);
const faultsSchema = z.strictObject({
  /** By call name or `*`; null switches one off. */
  faults: z.record(z.string(), faultSchema.nullable()).optional(),
  /** Switches all off first. */
  clear: z.boolean().optional(),
  clockSkewMs: z.number().optional(),
  refuseForMs: z.int().positive().optional(),
});
const attendeesSchema = z.strictObject({
  meetingId: z.string(),
  attendees: z.int().nonnegative(),
  isListeningOnly: z.boolean().optional(),
  hasJoinedVoice: z.boolean().optional(),
  hasVideo: z.boolean().optional(),
});

const recordingsSchema = z.strictObject({
  recordings: z.array(
    z.strictObject({
      recordId: z.string(),
      meetingId: z.string(),
      name: z.string().default('Room'),
      state: z.enum(['processing', 'processed', 'published', 'unpublished', 'deleted']).default('published'),
      startTime: z.int(),
      endTime: z.int(),
      participants: z.int().nonnegative().default(0),
      isBreakout: z.boolean().default(false),
      metadata: z.record(z.string(), z.string()).default({}),
      formats: z.array(z.string()).default(['presentation']),
      breakout: z
        .strictObject({ parentMeetingId: z.string(), sequence: z.int(), isFreeJoin: z.boolean() })
        .optional(),
      breakoutIds: z.array(z.string()).optional(),
      rawSize: z.int().nonnegative().optional(),
      newerElements: z.string().optional(),
    }),
  ),
  /** Whether their recording-ready calls are made. */
  announce: z.boolean().default(false),
});

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * The unsigned control paths for other processes: `POST /sim/faults`, `POST /sim/attendees`, `GET /sim/state`,
 * `POST /sim/restart` (all meetings are lost), `POST /sim/recordings` (inserts or replaces). Bodies and answers are
 * JSON.
 */
export async function answerControl(
  path: string,
  request: IncomingMessage,
  target: ControlTarget,
): Promise<SimAnswer> {
  const route = `${request.method ?? ''} ${path}`;
  if (route === 'GET /sim/state') return json(200, readState(target));
  if (route === 'POST /sim/restart') {
    target.restart();
    return json(200, readState(target));
  }
  try {
    if (route === 'POST /sim/faults')
      return json(200, setFaults(faultsSchema.parse(await readJson(request)), target));
    if (route === 'POST /sim/recordings')
      return json(200, addRecordings(recordingsSchema.parse(await readJson(request)), target));
    if (route === 'POST /sim/attendees') {
      const { meetingId, attendees, ...media } = attendeesSchema.parse(await readJson(request));
      const meeting = target.context.meetings.find(meetingId);
      if (!meeting) return json(404, { error: `there is no meeting ${meetingId}` });
      const given = Object.entries(media).filter(([, value]) => value !== undefined);
      target.context.meetings.setAttendees(meeting, attendees, Object.fromEntries(given));
      return json(200, { meetingId, attendees: meeting.attendees.size });
    }
  } catch (error) {
    return json(400, { error: error instanceof Error ? error.message : String(error) });
  }
  return json(404, { error: `${route} is no control path` });
}

function setFaults(wanted: z.infer<typeof faultsSchema>, target: ControlTarget): object {
  if (wanted.clear) target.faults.clear();
  for (const [call, fault] of Object.entries(wanted.faults ?? {})) {
    if (fault) target.faults.set(call, fault);
    else target.faults.clear(call);
  }
  if (wanted.clockSkewMs !== undefined) target.setClockSkew(wanted.clockSkewMs);
  if (wanted.refuseForMs !== undefined) target.refuseFor(wanted.refuseForMs);
  return { faults: target.faults.list() };
}

function addRecordings(
  { recordings, announce }: z.infer<typeof recordingsSchema>,
  target: ControlTarget,
): object {
  for (const { metadata, ...given } of recordings) {
    const recording = { ...given, metadata: new Map(Object.entries(metadata)), tracks: [] };
    target.context.recordings.save(recording);
    if (announce) target.announce(recording);
  }
  return { recordings: target.context.recordings.list().length };
}

function readState(target: ControlTarget): object {
  const meetings = target.context.meetings.list().map((meeting) => ({
    meetingId: meeting.meetingId,
    internalId: meeting.internalId,
    attendees: meeting.attendees.size,
    creates: target.calls.creates(meeting.meetingId),
    hasEnded: meeting.endTime !== 0,
  }));
  const recordings = target.context.recordings
    .list()
    .map(({ recordId, meetingId, state, formats }) => ({ recordId, meetingId, state, formats }));
  return {
    meetings,
    recordings,
    callbacks: target.callbacks,
    calls: target.calls.counts(),
    faults: target.faults.list(),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function json(status: number, content: object): SimAnswer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(content) };
}
