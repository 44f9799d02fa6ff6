import { OutgoingCallbacks, type SentCallback } from './http/outgoing-callbacks.js';
import {
  analyticsCallback,
  analyticsUrl,
  endCallbacks,
  recordingReadyCallback,
  recordingReadyUrls,
} from './http/meeting-callbacks.js';
import type { SimRecordingOptions } from './sim-server-options.js';
import { RecordingPipeline } from './state/recording-pipeline.js';
import type { RecordingsState, SimRecording } from './state/recordings-state.js';
import type { SimMeeting } from './state/sim-meeting.js';

/** What AfterMeeting is made of. */
export interface AfterMeetingOptions extends SimRecordingOptions {
  readonly secret: string;
  readonly recordings: RecordingsState;
  /** False while the server is down. */
  readonly isUp: () => boolean;
  /** Told of each format that was published. */
  readonly onPublished?: ((recording: SimRecording, format: string) => void) | undefined;
}

/** What a server does when a meeting has ended: it calls who wanted to know, and makes a recording. */
export class AfterMeeting {
  readonly #secret: string;
  readonly #callbacks: OutgoingCallbacks;
  readonly #pipeline: RecordingPipeline;

  constructor(options: AfterMeetingOptions) {
    this.#secret = options.secret;
    this.#callbacks = new OutgoingCallbacks({
      retryMs: options.callbackRetryMs ?? 1_000,
      isUp: options.isUp,
    });
    this.#pipeline = new RecordingPipeline({
      recordings: options.recordings,
      delayMs: options.recordingDelayMs ?? 0,
      formats: options.recordingFormats ?? ['presentation'],
      onPublished: (recording, format) => {
        options.onPublished?.(recording, format);
        this.announce(recording);
      },
    });
  }

  /** Attempts of callbacks. */
  get sent(): readonly SentCallback[] {
    return this.#callbacks.sent;
  }

  /** To be told of each meeting that has just ended. */
  meetingEnded(meeting: SimMeeting): void {
    for (const callback of endCallbacks(meeting)) this.#callbacks.send(() => callback);
    const url = analyticsUrl(meeting);
    if (url !== undefined) this.#callbacks.send(() => analyticsCallback(url, meeting, this.#secret));
    this.#pipeline.meetingEnded(meeting);
  }

  /** Calls whoever the recording's metadata say is to be told that a format is there. */
  announce(recording: SimRecording): void {
    for (const url of recordingReadyUrls(recording)) {
      this.#callbacks.send(() => recordingReadyCallback(url, recording, this.#secret));
    }
  }

  /** As a crash: callbacks under way are lost; recordings go on, as their files are on disk. */
  crash(): void {
    this.#callbacks.lose();
  }

  /** Ends everything and waits for it. */
  async stop(): Promise<void> {
    this.#pipeline.stop();
    await this.#callbacks.stop();
  }
}
