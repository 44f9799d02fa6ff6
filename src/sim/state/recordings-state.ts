import type { SimMeeting } from './sim-meeting.js';

export interface SimTextTrack {
  readonly kind: string;
  readonly label: string;
  readonly lang: string;
  readonly href: string;
}

export interface SimRecording {
  /** The internal ID of the meeting. */
  readonly recordId: string;
  readonly meetingId: string;
  readonly name: string;
  readonly state: 'processing' | 'processed' | 'published' | 'unpublished' | 'deleted';
  readonly startTime: number;
  readonly endTime: number;
  readonly participants: number;
  readonly isBreakout: boolean;
  readonly metadata: ReadonlyMap<string, string>;
  /** Playback formats: `presentation`, `video`, … */
  readonly formats: readonly string[];
  readonly tracks: readonly SimTextTrack[];
}

/** The recordings of a simulated server. */
export class RecordingsState {
  readonly #recordings = new Map<string, SimRecording>();

  list(): readonly SimRecording[] {
    return [...this.#recordings.values()];
  }

  find(recordId: string): SimRecording | undefined {
    return this.#recordings.get(recordId);
  }

  /** Inserts or replaces. */
  save(recording: SimRecording): void {
    this.#recordings.set(recording.recordId, recording);
  }

  /** What record and playback makes of a meeting that has ended; nothing, unless it was recorded. */
  recordEnded(meeting: SimMeeting): void {
    if (!meeting.settings.isRecorded) return;
    this.save({
      recordId: meeting.internalId,
      meetingId: meeting.meetingId,
      name: meeting.settings.name,
      state: 'published',
      startTime: meeting.createTime,
      endTime: meeting.endTime,
      participants: meeting.attendees.size,
      isBreakout: meeting.settings.breakout !== undefined,
      metadata: new Map([
        ...meeting.settings.metadata,
        ['meetingName', meeting.settings.name],
        ['meetingId', meeting.meetingId],
        ['isBreakout', String(meeting.settings.breakout !== undefined)],
      ]),
      formats: ['presentation'],
      tracks: [],
    });
  }
}
