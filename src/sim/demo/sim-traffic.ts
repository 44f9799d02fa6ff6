import { createRandom } from '../random.js';
import { FrontEnd } from './front-end.js';
import { OriginWatch } from './origin-watch.js';
import { Traffic, type TrafficCounts } from './traffic.js';

/** Where the front end sends its calls, and how fast its day passes. */
export interface SimTrafficOptions {
  /** The API root, with or without a slash at its end. */
  readonly apiUrl: string;
  readonly secret: string;
  /** How many times faster than the clock lessons pass. */
  readonly speed: number;
  readonly print: (line: string) => void;
  /** Milliseconds since 1970; default is the real clock. */
  readonly now?: (() => number) | undefined;
}

const STEP_MS = 200;
const REPORT_MS = 60_000;

/** A front end and its users at a running balancer: the traffic of the demo, over real sockets. */
export class SimTraffic {
  readonly #options: SimTrafficOptions;
  readonly #frontEnd: FrontEnd;
  readonly #watch = new OriginWatch();
  readonly #traffic: Traffic;
  #timers: readonly NodeJS.Timeout[] = [];

  private constructor(options: SimTrafficOptions) {
    const { apiUrl, secret, speed, print, now = Date.now } = options;
    this.#options = options;
    this.#frontEnd = new FrontEnd(apiUrl.replace(/\/+$/, ''), secret);
    const startedAt = now();
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

  /** Starts the lessons; they go on until `stop`. */
  static start(options: SimTrafficOptions): SimTraffic {
    const traffic = new SimTraffic(options);
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
    this.#report();
  }

  #start(): void {
    this.#watch.start();
    this.#timers = [
      setInterval(() => {
        this.#traffic.advance();
      }, STEP_MS),
      setInterval(() => {
        this.#report();
      }, REPORT_MS),
    ];
    this.#report();
  }

  #report(): void {
    const { creates, failedCreates, joins, failedJoins, ends } = this.counts;
    this.#options.print(
      `creates ${creates} (${failedCreates} failed), joins ${joins} (${failedJoins} failed), ends ${ends}`,
    );
  }
}
