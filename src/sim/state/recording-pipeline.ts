import type { RecordingsState, SimRecording } from './recordings-state.js';
import type { SimMeeting } from './sim-meeting.js';

/** What a RecordingPipeline is made of. */
export interface RecordingPipelineOptions {
  readonly recordings: RecordingsState;
  /** From the end to the first published format; 0: all formats at once. */
  readonly delayMs: number;
  readonly formats: readonly string[];
  /** Told of each format that was published. */
  readonly onPublished: (recording: SimRecording, format: string) => void;
}

/** Record and playback: makes recordings of meetings that ended. Goes on through a restart, as its files are on disk. */
export class RecordingPipeline {
  readonly #options: RecordingPipelineOptions;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: RecordingPipelineOptions) {
    this.#options = options;
  }

  /** Begins to make the recording of a meeting that has just ended; nothing, unless it was recorded. */
  meetingEnded(meeting: SimMeeting): void {
    if (!meeting.settings.isRecorded) return;
    const { recordings, delayMs, formats } = this.#options;
    const recording = recordingOf(meeting);
    recordings.save(recording);
    if (delayMs > 0) {
      this.#after(delayMs / 2, () => {
        const current = recordings.find(recording.recordId);
        if (current?.state === 'processing') recordings.save({ ...current, state: 'processed' });
      });
    }
    for (const [index, format] of formats.entries()) {
      this.#after(delayMs + (index * delayMs) / 2, () => {
        this.#publish(recording.recordId, format);
      });
    }
  }

  /** Publishes nothing more. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  #publish(recordId: string, format: string): void {
    const current = this.#options.recordings.find(recordId);
    if (!current || current.state === 'deleted') return;
    const state = current.state === 'unpublished' ? current.state : 'published';
    const published = { ...current, state, formats: [...current.formats, format] } as const;
    this.#options.recordings.save(published);
    this.#options.onPublished(published, format);
  }

  #after(delayMs: number, work: () => void): void {
    if (delayMs === 0) {
      work();
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delayMs);
    this.#timers.add(timer);
  }
}

function recordingOf(meeting: SimMeeting): SimRecording {
  const { settings } = meeting;
  const isBreakout = settings.breakout !== undefined;
  return {
    recordId: meeting.internalId,
    meetingId: meeting.meetingId,
    name: settings.name,
    state: 'processing',
    startTime: meeting.createTime,
    endTime: meeting.endTime,
    participants: meeting.attendees.size,
    isBreakout,
    metadata: new Map([
      ...settings.metadata,
      ['meetingName', settings.name],
      ['meetingId', meeting.meetingId],
      ['isBreakout', String(isBreakout)],
    ]),
    formats: [],
    tracks: [],
    breakout: settings.breakout && {
      parentMeetingId: settings.breakout.parentInternalId,
      sequence: settings.breakout.sequence,
      isFreeJoin: settings.breakout.isFreeJoin,
    },
    breakoutIds: meeting.breakoutIds,
  };
}
