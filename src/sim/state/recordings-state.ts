/** A file of captions that was uploaded: counted and hashed, not kept. */
export interface SimTextTrack {
  readonly kind: string;
  readonly label: string;
  readonly lang: string;
  readonly href: string;
  readonly bytes?: number | undefined;
  /** Hex. */
  readonly sha256?: string | undefined;
}

/** The room a breakout room belongs to. */
export interface SimBreakout {
  /** Internal ID of the parent. */
  readonly parentMeetingId: string;
  readonly sequence: number;
  readonly isFreeJoin: boolean;
}

/** A recording of a simulated server. */
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
  readonly breakout?: SimBreakout | undefined;
  /** Record IDs of its breakout rooms. */
  readonly breakoutIds?: readonly string[] | undefined;
  /** Bytes of the raw files; default as in the documentation's example. */
  readonly rawSize?: number | undefined;
  /** Elements that a newer BigBlueButton writes as well, as XML, behind `rawSize`. */
  readonly newerElements?: string | undefined;
}

/** The order of a list of recordings. */
export type SimRecordingOrder = 'made' | 'newest' | 'oldest';

/** The recordings of a simulated server. */
export class RecordingsState {
  readonly #order: SimRecordingOrder;
  readonly #recordings = new Map<string, SimRecording>();

  constructor(order: SimRecordingOrder = 'made') {
    this.#order = order;
  }

  list(): readonly SimRecording[] {
    const all = [...this.#recordings.values()];
    if (this.#order === 'made') return all;
    const sign = this.#order === 'newest' ? -1 : 1;
    return all.sort((first, second) => sign * (first.startTime - second.startTime));
  }

  find(recordId: string): SimRecording | undefined {
    return this.#recordings.get(recordId);
  }

  /** Inserts or replaces. */
  save(recording: SimRecording): void {
    this.#recordings.set(recording.recordId, recording);
  }
}
