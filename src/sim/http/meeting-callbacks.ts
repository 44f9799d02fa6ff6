import { SignJWT } from 'jose';
import type { SimRecording } from '../state/recordings-state.js';
import type { SimMeeting } from '../state/sim-meeting.js';
import type { SimCallback } from './outgoing-callbacks.js';

const DAY_SECONDS = 86_400;
const RECORDING_READY_NAMES = [
  'bbb-recording-ready-url',
  'bn-recording-ready-url',
  'canvas-recording-ready-url',
];

/** The calls a create asked for at the end of its meeting: `meta_endCallbackUrl` and `meetingEndedURL`, not for breakouts. */
export function endCallbacks({ settings, meetingId }: SimMeeting): readonly SimCallback[] {
  if (settings.breakout) return [];
  const urls: string[] = [];
  const endCallbackUrl = settings.metadata.get('endcallbackurl');
  if (endCallbackUrl !== undefined && URL.canParse(endCallbackUrl)) {
    const url = new URL(endCallbackUrl);
    // In this order; re-encoding the given query is what Apache's URIBuilder does as well.
    url.searchParams.append('recordingmarks', String(settings.isRecorded));
    url.searchParams.append('meetingID', meetingId);
    urls.push(url.href);
  }
  if (settings.meetingEndedUrl !== undefined && URL.canParse(settings.meetingEndedUrl)) {
    urls.push(settings.meetingEndedUrl);
  }
  return urls.map((url) => ({ kind: 'end', url, method: 'GET', headers: {} }));
}

/** Where a recording asks to be announced: the post_publish scripts honour three names. */
export function recordingReadyUrls({ metadata }: SimRecording): readonly string[] {
  return RECORDING_READY_NAMES.flatMap((name) => {
    const url = metadata.get(name);
    return url !== undefined && URL.canParse(url) ? [url] : [];
  });
}

/** The call of a format that was published: a form with a JWT, HS256 with the server's secret. */
export async function recordingReadyCallback(
  url: string,
  { meetingId, recordId }: Pick<SimRecording, 'meetingId' | 'recordId'>,
  secret: string,
): Promise<SimCallback> {
  const jwt = await new SignJWT({ meeting_id: meetingId, record_id: recordId })
    .setProtectedHeader({ typ: 'JWT', alg: 'HS256' })
    .sign(Buffer.from(secret));
  return {
    kind: 'recording-ready',
    url,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ signed_parameters: jwt }).toString(),
  };
}

/** Where a meeting's activities are to be reported; `undefined` when nobody asked or no events were kept. */
export function analyticsUrl({ settings }: SimMeeting): string | undefined {
  const url = settings.metadata.get('analytics-callback-url');
  const keepsEvents = settings.isRecorded || settings.keepsEvents;
  return url !== undefined && keepsEvents && URL.canParse(url) ? url : undefined;
}

/** The report of a meeting's activities: JSON under a bearer JWT, HS512 with the server's secret. */
export async function analyticsCallback(
  url: string,
  meeting: SimMeeting,
  secret: string,
): Promise<SimCallback> {
  const jwt = await new SignJWT({})
    .setProtectedHeader({ typ: 'JWT', alg: 'HS512' })
    .setExpirationTime(Math.floor(Date.now() / 1_000) + DAY_SECONDS)
    .sign(Buffer.from(secret));
  return {
    kind: 'analytics',
    url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'BigBlueButton Analytics Callback',
      authorization: `Bearer ${jwt}`,
    },
    body: JSON.stringify(activitiesOf(meeting)),
  };
}

function activitiesOf(meeting: SimMeeting): object {
  const { settings, startTime, createTime, endTime } = meeting;
  const start = startTime === 0 ? createTime : startTime;
  const duration = Math.round((endTime - start) / 1_000);
  return {
    version: '1.0',
    meeting_id: meeting.meetingId,
    internal_meeting_id: meeting.internalId,
    data: {
      metadata: {
        // Names as the events file has them.
        ...Object.fromEntries(
          [...settings.metadata].map(([name, value]) => [name.replaceAll('-', '_'), value]),
        ),
        is_breakout: String(settings.breakout !== undefined),
        meeting_id: meeting.meetingId,
        meeting_name: settings.name,
      },
      duration,
      start: rubyTime(start),
      finish: rubyTime(endTime),
      attendees: [...meeting.attendees.values()].map((attendee) => ({
        ext_user_id: attendee.externalUserId,
        name: attendee.fullName,
        moderator: attendee.role === 'MODERATOR',
        joins: [rubyTime(start)],
        leaves: [rubyTime(endTime)],
        duration,
        recent_talking_time: '',
        engagement: { chats: 0, talks: 0, raisehand: 0, emojis: 0, poll_votes: 0, talk_time: 0 },
      })),
      files: meeting.documents.map(({ name, url }) => name ?? url ?? 'default.pdf'),
      polls: [],
    },
  };
}

/** As Ruby prints a time on a server that runs on UTC. */
function rubyTime(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' +0000');
}
