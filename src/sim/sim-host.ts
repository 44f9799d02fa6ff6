import { createRandom, gaussian, type Random, seedOf } from './random.js';
import type { MeetingLoad } from './state/meeting-load.js';
import { telegrafLines } from './telegraf-lines.js';

/** The machine a simulated server runs on. */
export interface SimHostOptions {
  readonly id: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly networkMbit: number;
  /** The tag `host` of its samples; default: the ID. */
  readonly hostName?: string | undefined;
  /** The same seed gives the same noise and background jobs; default made of the ID. */
  readonly seed?: number | undefined;
  /** How many times faster than the clock its background jobs come and go; default 1. */
  readonly speed?: number | undefined;
  /** What its meetings are doing now. */
  readonly load: () => MeetingLoad;
}

/** What the host shows at one instant. Ratios are 0 to 1. */
export interface HostState {
  readonly cpu: number;
  readonly memory: number;
  readonly sentBytesPerSecond: number;
  readonly receivedBytesPerSecond: number;
}

// Orders of magnitude of a BBB host: 8 cores carry about 250 people with some cameras.
const IDLE_CORES = 0.2;
const CORES_PER_ATTENDEE = 0.014;
const CORES_PER_VOICE = 0.006;
const CORES_PER_STREAM = 0.001;
const GIB_BASE = 2.4;
const GIB_PER_ATTENDEE = 0.01;
const GIB_PER_MEETING = 0.04;
const AUDIO_BYTES = 5_000;
const VIDEO_BYTES = 40_000;
/** A host has been up for a while when it is first looked at. */
const UP_BEFORE_S = 11 * 86_400;
/** BBB pages the cameras: nobody is sent more than about this many at once. */
const STREAMS_PER_ATTENDEE = 12;

/** CPU, memory and network that follow the meetings, with noise and with background jobs such as recording processing. */
export class SimHost {
  readonly #options: SimHostOptions;
  readonly #random: Random;
  #noise = 0;
  #job: { readonly until: number; readonly cpu: number } | undefined;
  #advancedAt: number | undefined;
  #firstAt: number | undefined;
  #state: HostState;
  #sentBytes: number;
  #receivedBytes: number;

  constructor(options: SimHostOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed ?? seedOf(options.id));
    this.#sentBytes = Math.floor(this.#random() * 1e12);
    this.#receivedBytes = Math.floor(this.#random() * 1e11);
    this.#state = this.#measure(0);
  }

  /** Name as in the tag `host`. */
  get name(): string {
    return this.#options.hostName ?? this.#options.id;
  }

  /** The last state computed. */
  get state(): HostState {
    return this.#state;
  }

  /** Goes on to `now` (ms): counters grow by what flowed, noise and jobs move. */
  advance(now: number): HostState {
    const elapsedS = this.#advancedAt === undefined ? 0 : Math.max(0, now - this.#advancedAt) / 1_000;
    this.#firstAt ??= now;
    this.#advancedAt = Math.max(now, this.#advancedAt ?? now);
    this.#sentBytes += this.#state.sentBytesPerSecond * elapsedS;
    this.#receivedBytes += this.#state.receivedBytesPerSecond * elapsedS;
    this.#noise = 0.7 * this.#noise + 0.02 * gaussian(this.#random);
    if (this.#job && now >= this.#job.until) this.#job = undefined;
    const speed = this.#options.speed ?? 1;
    // A job comes every half hour on average and takes 8 to 18 % of the CPU for 5 to 20 minutes.
    if (!this.#job && this.#random() < 1 - Math.exp((-elapsedS * speed) / 1_800)) {
      this.#job = {
        until: now + ((5 + 15 * this.#random()) * 60_000) / speed,
        cpu: 0.08 + 0.1 * this.#random(),
      };
    }
    this.#state = this.#measure(this.#job?.cpu ?? 0);
    return this.#state;
  }

  /** Goes on to `now` and writes what Telegraf's outputs.influxdb_v2 sends for its inputs cpu, mem, net and system. */
  lines(now: number): string {
    const { cpu } = this.advance(now);
    const { id, memoryGiB, cores, networkMbit } = this.#options;
    return telegrafLines({
      host: this.name,
      server: id,
      cores,
      networkMbit,
      time: now,
      busy: cpu,
      memoryBytes: Math.round(memoryGiB * 2 ** 30),
      memoryInUse: this.#state.memory,
      sentBytes: Math.floor(this.#sentBytes),
      receivedBytes: Math.floor(this.#receivedBytes),
      uptimeS: Math.floor(UP_BEFORE_S + Math.max(0, now - (this.#firstAt ?? now)) / 1_000),
    });
  }

  #measure(jobCpu: number): HostState {
    const { cores, memoryGiB, networkMbit, load } = this.#options;
    const { attendees, voice, listeners, meetings, video, streams } = load();
    const seen = Math.min(streams, attendees * STREAMS_PER_ATTENDEE);
    const people = CORES_PER_ATTENDEE * attendees + CORES_PER_VOICE * voice + CORES_PER_STREAM * seen;
    const cpu = ((IDLE_CORES + people) / cores) * (1 + this.#noise) + jobCpu;
    const gib = GIB_BASE + GIB_PER_ATTENDEE * attendees + GIB_PER_MEETING * meetings;
    const limit = (networkMbit * 1_000_000) / 8;
    return {
      cpu: Math.min(1, Math.max(0.005, cpu)),
      memory: Math.min(0.99, gib / memoryGiB),
      sentBytesPerSecond: Math.min(limit, AUDIO_BYTES * (voice + listeners) + VIDEO_BYTES * seen + 2_000),
      receivedBytesPerSecond: Math.min(limit, AUDIO_BYTES * voice + VIDEO_BYTES * video + 1_000),
    };
  }
}
