import type { SimRecording } from '../state/recordings-state.js';
import type { SimAttendee, SimMeeting } from '../state/sim-meeting.js';
import { javaDate } from '../xml.js';
import type { HookEvents, SimEvent } from './hook-events.js';

/** What a server's meetings are told to webhooks by; their ends and recordings apart. */
export function tellingOf(hooks: Pick<HookEvents, 'emit'>) {
  return {
    onCreated: (meeting: SimMeeting): void => {
      hooks.emit(meetingCreated(meeting));
    },
    onJoined: (meeting: SimMeeting, attendee: SimAttendee): void => {
      hooks.emit(userJoined(meeting, attendee));
    },
    onLeft: (meeting: SimMeeting, attendee: SimAttendee): void => {
      hooks.emit(userLeft(meeting, attendee));
    },
  };
}

/** The only event that tells of settings and metadata. */
function meetingCreated(meeting: SimMeeting): SimEvent {
  const { settings, createTime } = meeting;
  return {
    ...idsOf(meeting, 'meeting-created'),
    meeting: {
      name: settings.name,
      'is-breakout': settings.breakout !== undefined,
      'parent-id': settings.breakout?.parentInternalId ?? 'bbb-none',
      duration: settings.durationMinutes,
      'create-time': createTime,
      'create-date': javaDate(createTime),
      'moderator-pass': settings.moderatorPassword,
      'viewer-pass': settings.attendeePassword,
      record: settings.isRecorded,
      'voice-conf': settings.voiceBridge,
      'dial-number': settings.dialNumber,
      'max-users': settings.maxUsers,
      metadata: Object.fromEntries(settings.metadata),
    },
  };
}

/** `meeting-ended`. */
export function meetingEnded(meeting: SimMeeting): SimEvent {
  return idsOf(meeting, 'meeting-ended');
}

function userJoined(meeting: SimMeeting, attendee: SimAttendee): SimEvent {
  const { fullName, role, isPresenter } = attendee;
  const user = { ...userIds(attendee), name: fullName, role, presenter: isPresenter };
  return { ...idsOf(meeting, 'user-joined'), attributes: { user } };
}

function userLeft(meeting: SimMeeting, attendee: SimAttendee): SimEvent {
  return { ...idsOf(meeting, 'user-left'), attributes: { user: userIds(attendee) } };
}

/** `rap-publish-ended`, of one format. */
export function publishEnded(recording: SimRecording, format: string): SimEvent {
  const { recordId, meetingId, name, startTime, endTime, metadata } = recording;
  return {
    id: 'rap-publish-ended',
    meetingId,
    internalId: recordId,
    attributes: {
      'record-id': recordId,
      success: true,
      workflow: format,
      recording: {
        name,
        'is-breakout': String(recording.isBreakout),
        'start-time': startTime,
        'end-time': endTime,
        metadata: { ...Object.fromEntries(metadata), meetingId },
        playback: { format },
      },
    },
  };
}

function idsOf({ meetingId, internalId }: SimMeeting, id: string): SimEvent {
  return { id, meetingId, internalId };
}

function userIds({ userId, externalUserId }: SimAttendee): Readonly<Record<string, string>> {
  return { 'internal-user-id': userId, 'external-user-id': externalUserId };
}
