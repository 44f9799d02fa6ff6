import { FrontEndReceiver } from '../front-end-receiver.js';
import { createRandom } from '../random.js';
import { FrontEnd } from './front-end.js';
import { OriginWatch } from './origin-watch.js';
import { RecordedLessons } from './recorded-lessons.js';
import { Traffic, type TrafficCounts } from './traffic.js';

/** Where the front end sends its calls, and how fast its day passes. */
export interface SimTrafficOptions {
  /** The API root, with or without a slash at its end. */
  readonly apiUrl: string;
  readonly secret: string;
  /** How many times faster than the clock lessons pass. */
  readonly speed: number;
  readonly print: (line: string) => void;
  /** `http://host:port` by which callbacks reach this process; it asks for none without. */
  readonly callbacksUrl?: string | undefined;
  /** Milliseconds since 1970; default is the real clock. */
  readonly now?: (() => number) | undefined;
}

const STEP_MS = 200;
const REPORT_MS = 60_000;
const RECORDED_EVERY_MS = 30_000;

/** A front end and its users at a running balancer: the traffic of the demo, over real sockets. */
export class SimTraffic {
  readonly #options: SimTrafficOptions;
  readonly #frontEnd: FrontEnd;
  readonly #watch = new OriginWatch();
  readonly #traffic: Traffic;
  readonly #receiver: FrontEndReceiver | undefined;
  readonly #lessons: RecordedLessons | undefined;
  readonly #startedAt: number;
  #timers: readonly NodeJS.Timeout[] = [];

  private constructor(options: SimTrafficOptions, receiver: FrontEndReceiver | undefined) {
    const { apiUrl, secret, speed, print, now = Date.now } = options;
    this.#options = options;
    this.#frontEnd = new FrontEnd(apiUrl.replace(/\/+$/, ''), secret);
    const startedAt = now();
    this.#startedAt = startedAt;
    this.#receiver = receiver;
    this.#lessons = receiver && this.#recordedLessons(receiver);
    this.#traffic = new Traffic({
      frontEnd: this.#frontEnd,
      // Two runs are not to bring the same rooms at the same minute.
      random: createRandom(Math.floor(startedAt)),
      now: () => (now() - startedAt) * speed,
      isReachable: (origin) => this.#watch.isReachable(origin),
      onCreateFailed: (room, message) => {
        print(`create of ${room} failed: ${message}`);
      },
    });
  }

  /** Starts the lessons; they go on until `stop`. Rejects when callbacks cannot be listened for. */
  static async start(options: SimTrafficOptions): Promise<SimTraffic> {
    const { callbacksUrl, secret } = options;
    const receiver = callbacksUrl === undefined ? undefined : await listenFor(callbacksUrl, secret);
    const traffic = new SimTraffic(options, receiver);
    traffic.#start();
    return traffic;
  }

  /** What was done so far. */
  get counts(): TrafficCounts {
    return this.#traffic.counts;
  }

  /** Starts nothing more, breaks off what is under way; running meetings are left to the balancer. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    // Told first, so that calls that are broken off do not count as failed.
    const ended = Promise.all([this.#traffic.stop(), this.#watch.stop()]);
    await this.#frontEnd.close();
    await ended;
    await this.#lessons?.stop();
    await this.#receiver?.stop();
    this.#report();
  }

  get #elapsedMs(): number {
    return (this.#options.now ?? Date.now)() - this.#startedAt;
  }

  #start(): void {
    this.#watch.start();
    this.#timers = [
      setInterval(() => {
        this.#traffic.advance();
        this.#lessons?.advance(this.#elapsedMs);
      }, STEP_MS),
      setInterval(() => {
        this.#report();
      }, REPORT_MS),
    ];
    this.#report();
  }

  #report(): void {
    const { creates, failedCreates, joins, failedJoins, ends } = this.counts;
    const told = this.#lessons?.countsAt(this.#elapsedMs);
    this.#options.print(
      `creates ${creates} (${failedCreates} failed), joins ${joins} (${failedJoins} failed), ends ${ends}` +
        (told === undefined ? '' : `; told of ${told.ends} ends and ${told.recordings} recordings`),
    );
  }

  /** Short lessons beside the others that are recorded; what is told of them arrives at the receiver. */
  #recordedLessons(receiver: FrontEndReceiver): RecordedLessons {
    const { print: say } = this.#options;
    const lessons = new RecordedLessons({
      ...{ frontEnd: this.#frontEnd, receiver, say },
      everyMs: RECORDED_EVERY_MS,
    });
    receiver.onReceived = (callback) => {
      lessons.received(callback);
    };
    return lessons;
  }
}

/** Listens at the port of a URL: on loopback where it names that, else on every address. */
async function listenFor(callbacksUrl: string, secret: string): Promise<FrontEndReceiver> {
  const { hostname, port, origin } = new URL(callbacksUrl);
  const host = /^(127\.|localhost$)/.test(hostname) ? hostname : '0.0.0.0';
  return FrontEndReceiver.start({ secret, host, port: Number(port || 80), publicOrigin: origin });
}
