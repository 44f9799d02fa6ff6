import type { FrontEndReceiver, ReceivedCallback } from '../front-end-receiver.js';
import type { FrontEnd } from './front-end.js';

/** What RecordedLessons are made of. */
export interface RecordedLessonsOptions {
  readonly frontEnd: Pick<FrontEnd, 'create' | 'join' | 'end' | 'recording'>;
  /** Where their callbacks are to arrive. */
  readonly receiver: Pick<FrontEndReceiver, 'createParameters'>;
  /** Told of each callback, and of what went wrong. */
  readonly say: (text: string) => void;
  /** From the beginning of one to that of the next, real ms; default 8,000. */
  readonly everyMs?: number | undefined;
}

/** What arrived at the front end. */
export interface CallbackCounts {
  readonly ends: number;
  /** Recordings that were announced and then found. */
  readonly recordings: number;
  readonly analytics: number;
  /** Recordings that were announced but not in the answer to the front end's next question. */
  readonly unlisted: readonly string[];
  /** Calls whose signature was not right. */
  readonly forged: number;
  /** Lessons whose time was over and whose end was not told, each with the reason. */
  readonly owed: readonly string[];
  /** Of these the ones that have ended so long ago that their end was lost. */
  readonly lost: readonly string[];
}

/** Real time, ms. */
const FIRST_MS = 1_000;
const EVERY_MS = 8_000;
const LENGTH_MS = 3_000;
/** A server takes two seconds to make a recording; the rest is left for a poll and a retry. */
const DUE_MS = 8_000;
/** Ballast tells by itself what no server tells, after 20 seconds. */
const LOST_AFTER_MS = 30_000;
/** Until a lesson that could not be ended is ended again. */
const AGAIN_MS = 2_000;
/** Of those that are not told; more are not waited for. */
const MOST_OWED = 100;

interface Lesson {
  readonly room: string;
  endsAt: number;
  /** When a server took the end. */
  endedAt?: number;
  /** Why none did. */
  refusal?: string;
}

/** Short lessons that are recorded: the front end is to be told when each has ended and when its recording is there. */
export class RecordedLessons {
  readonly #options: RecordedLessonsOptions;
  readonly #pending = new Set<Promise<void>>();
  readonly #running = new Set<Lesson>();
  /** By room: ended, or meant to be, and not told. */
  readonly #owed = new Map<string, Lesson>();
  readonly #counts = { ends: 0, recordings: 0, analytics: 0, unlisted: [] as string[], forged: 0 };
  #begun = 0;
  #firstEnd: number | undefined;

  constructor(options: RecordedLessonsOptions) {
    this.#options = options;
  }

  /** What arrived so far, and what did not, `elapsedMs` after the beginning. */
  countsAt(elapsedMs: number): CallbackCounts {
    const owed = [...this.#owed.values()];
    return {
      ...this.#counts,
      owed: owed.map(({ room, endedAt, refusal = '' }) =>
        endedAt === undefined && refusal !== ''
          ? `${room}: it could not be ended and goes on (${refusal})`
          : `${room}: it was ended and not told yet`,
      ),
      lost: owed
        .filter(({ endedAt = Infinity }) => elapsedMs - endedAt >= LOST_AFTER_MS)
        .map(({ room }) => room),
    };
  }

  /** Whether something must have arrived by now, `elapsedMs` after the beginning. */
  isDue(elapsedMs: number): boolean {
    return this.#firstEnd !== undefined && elapsedMs - this.#firstEnd >= DUE_MS;
  }

  /** Begins and ends what is due. */
  advance(elapsedMs: number): void {
    if (elapsedMs >= FIRST_MS + this.#begun * (this.#options.everyMs ?? EVERY_MS)) {
      this.#begun++;
      this.#run(this.#begin(`recorded-${this.#begun}`, elapsedMs));
    }
    for (const lesson of this.#running) {
      if (elapsedMs < lesson.endsAt) continue;
      this.#running.delete(lesson);
      // Its end was told although none could be asked for.
      if (lesson.refusal !== undefined && !this.#owed.has(lesson.room)) continue;
      this.#run(this.#end(lesson, elapsedMs));
    }
  }

  /** A callback has arrived. As Greenlight does, the front end asks for a recording as soon as it is announced. */
  received(callback: ReceivedCallback): void {
    const { kind, meetingId = '?', recordId = '' } = callback;
    if (!callback.isGenuine) {
      this.#counts.forged++;
      this.#options.say(`a callback came that is not signed with the front end's secret: ${callback.target}`);
    } else if (kind === 'end') {
      this.#counts.ends++;
      this.#owed.delete(meetingId);
      this.#options.say(`ended: ${meetingId}`);
    } else if (kind === 'analytics') this.#counts.analytics++;
    else this.#run(this.#look(recordId));
  }

  /** Waits for what is under way; close the front end first to cut it short. */
  async stop(): Promise<void> {
    await Promise.all(this.#pending);
  }

  async #begin(room: string, elapsedMs: number): Promise<void> {
    const { frontEnd, receiver, say } = this.#options;
    const wanted = { ...receiver.createParameters, record: 'true', name: `Lesson ${room}` };
    const created = await frontEnd.create(room, undefined, wanted);
    if (!created.isSuccess) {
      say(`create of ${room} failed: ${created.message}`);
      return;
    }
    this.#running.add({ room, endsAt: elapsedMs + LENGTH_MS });
    const teacher = { fullName: 'Teacher', role: 'MODERATOR', hasJoinedVoice: true, hasVideo: true } as const;
    await frontEnd.join(room, teacher);
  }

  async #end(lesson: Lesson, elapsedMs: number): Promise<void> {
    const { room } = lesson;
    // Its end may be told before the answer is here.
    this.#owed.set(room, lesson);
    const [oldest] = this.#owed.keys();
    if (this.#owed.size > MOST_OWED && oldest !== undefined) this.#owed.delete(oldest);
    const { isSuccess, message } = await this.#options.frontEnd.end(room);
    if (isSuccess) {
      lesson.endedAt = elapsedMs;
      this.#firstEnd ??= elapsedMs;
    } else if (this.#owed.has(room)) {
      if (lesson.refusal === undefined)
        this.#options.say(`${room} could not be ended and goes on: ${message}`);
      lesson.refusal = message;
      lesson.endsAt = elapsedMs + AGAIN_MS;
      this.#running.add(lesson);
    }
  }

  async #look(recordId: string): Promise<void> {
    const found = await this.#options.frontEnd.recording(recordId);
    if (found === undefined) {
      this.#counts.unlisted.push(recordId);
      this.#options.say(`recording ${recordId} was announced and is not in the list`);
      return;
    }
    this.#counts.recordings++;
    this.#options.say(`recording ready: ${found.name}, ${found.url}`);
  }

  #run(work: Promise<void>): void {
    // What is cut off, by the dying server or at the end, is not told: the counts tell what arrived.
    const done = work
      .catch(() => undefined)
      .then(() => {
        this.#pending.delete(done);
      });
    this.#pending.add(done);
  }
}
