import { createHash } from 'node:crypto';
import type { SimServer } from '../../src/sim/sim-server.js';
import type { AppRig } from './app-rig.js';

export const TENANT_IDS = ['default', 'acme', 'beta'] as const;
export type TenantId = (typeof TENANT_IDS)[number];

/** One tenant's things on a simulated server: a meeting with somebody in it, an empty one, and a recording. */
export interface Belongings {
  readonly tenantId: TenantId;
  /** As the tenant writes it. */
  readonly meetingId: string;
  readonly emptyMeetingId: string;
  readonly scopedId: string;
  readonly internalId: string;
  readonly recordId: string;
  /** Stands in every text of these things that a call could give away. */
  readonly mark: string;
}

/**
 * Gives a tenant its belongings, through the API as far as that goes; what is there already stays. A recording deleted since
 * `before` comes back under another ID, as on a real server: Ballast knows the old one as deleted.
 */
export async function furnish(rig: AppRig, tenantId: TenantId, before?: Belongings): Promise<Belongings> {
  const mark = `mark-of-${tenantId}`;
  const meetingId = `room-${tenantId}`;
  const emptyMeetingId = `empty-${tenantId}`;
  const scopedId = tenantId === 'default' ? meetingId : `${tenantId}--${meetingId}`;
  const marked = { name: mark, attendeePW: `${mark}-a`, moderatorPW: `${mark}-m`, meta_who: mark };
  const { answer, sim } = await rig.create(meetingId, marked, { tenant: tenantId });
  await rig.create(emptyMeetingId, marked, { tenant: tenantId });
  const internalId = answer.element('internalMeetingID') ?? '';
  const meeting = sim.meetings.find(scopedId);
  if (meeting === undefined) throw new Error(`${scopedId} is not where it was created`);
  if (meeting.attendees.size === 0) sim.meetings.join(meeting, { fullName: mark, role: 'MODERATOR' });
  const recordId = recordIdOf(sim, scopedId, before?.recordId);
  sim.recordings.save({
    recordId,
    meetingId: scopedId,
    name: mark,
    state: 'published',
    startTime: 1_700_000_000_000,
    endTime: 1_700_000_600_000,
    participants: 1,
    isBreakout: false,
    metadata: new Map([
      ['meetingId', scopedId],
      ['who', mark],
    ]),
    formats: ['presentation'],
    tracks: [{ kind: 'captions', label: mark, lang: 'en', href: `https://x/${mark}.vtt` }],
  });
  return { tenantId, meetingId, emptyMeetingId, scopedId, internalId, recordId, mark };
}

function recordIdOf(sim: SimServer, scopedId: string, before: string | undefined): string {
  if (before === undefined) return `${createHash('sha1').update(scopedId).digest('hex')}-1700000000000`;
  const state = sim.recordings.find(before)?.state;
  if (state !== undefined && state !== 'deleted') return before;
  const [digest, time] = before.split('-');
  return `${digest}-${Number(time) + 1}`;
}

/** Everything about a tenant's belongings that a call could change. */
export function stateOf(sim: SimServer, { scopedId, recordId }: Belongings): string {
  const meeting = sim.meetings.find(scopedId);
  const recording = sim.recordings.find(recordId);
  return JSON.stringify({
    internalId: meeting?.internalId,
    endTime: meeting?.endTime,
    attendees: meeting?.attendees.size,
    documents: meeting?.documents,
    messages: meeting?.messages,
    breakouts: meeting?.breakoutIds,
    recording: recording && { ...recording, metadata: [...recording.metadata] },
  });
}
