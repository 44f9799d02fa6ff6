import { startApp, type App } from '../../app.js';
import { type LogFields, silentLogger } from '../../log.js';
import { HostReporter } from '../host-reporter.js';
import { FrontEndReceiver } from '../front-end-receiver.js';
import { createRandom } from '../random.js';
import { type SimServer, startSimServer } from '../sim-server.js';
import { AdminWatch } from './admin-watch.js';
import { type DemoSetup, prepareDemo, SPEED } from './demo-config.js';
import { FrontEnd } from './front-end.js';
import { type InfluxdbTarget, tryInfluxdb } from './influxdb-target.js';
import { Outage, type OutageTimes } from './outage.js';
import { type CallbackCounts, RecordedLessons } from './recorded-lessons.js';
import { SplitWatch } from './split-watch.js';
import { Traffic } from './traffic.js';

/** The pool: servers of unequal size. The third one dies on the way. */
const CORES = [16, 8, 8, 4];
const DYING = 2;

/** The demo's day begins at eight. */
const BEGIN_MS = 8 * 3_600_000;
const REPORT_MS = 1_000;
/** Copies that a returning server brings along are to be ended within this. */
const STALE_COPY_MS = 30_000;
/** From the end of a recorded lesson to its recording. */
const RECORDING_MS = 2_000;

/** What is there when a world begins. */
interface Beginning {
  readonly servers: readonly SimServer[];
  readonly dying: SimServer;
  readonly setup: DemoSetup;
  readonly app: App;
  readonly times: OutageTimes;
  readonly influxdb: InfluxdbTarget | undefined;
  readonly watch: AdminWatch;
  readonly receiver: FrontEndReceiver;
}

/** Ballast, its servers and its front end, all in one process, over real sockets. */
export class DemoWorld {
  readonly app: App;
  readonly setup: DemoSetup;
  readonly frontEnd: FrontEnd;
  readonly traffic: Traffic;
  readonly watch: AdminWatch;
  readonly #servers: readonly SimServer[];
  readonly #reporter: HostReporter;
  readonly #splits: SplitWatch;
  readonly #receiver: FrontEndReceiver;
  readonly #lessons: RecordedLessons;
  readonly #outage: Outage;
  readonly #startedAt = Date.now();
  #lookedAt = 0;
  #hasSeenSamples = false;

  private constructor({ servers, dying, setup, app, times, influxdb, watch, receiver }: Beginning) {
    this.app = app;
    this.setup = setup;
    this.#servers = servers;
    this.#splits = new SplitWatch(servers);
    this.frontEnd = new FrontEnd(`${app.url}/bigbluebutton/api`, setup.secret);
    this.watch = watch;
    this.#receiver = receiver;
    this.#lessons = new RecordedLessons({
      frontEnd: this.frontEnd,
      receiver,
      say: (text) => {
        watch.note(`Front end: ${text}`);
      },
    });
    receiver.onReceived = (callback) => {
      this.#lessons.received(callback);
    };
    this.#reporter = new HostReporter({
      servers,
      ...(influxdb ?? { url: app.adminUrl, token: setup.adminToken }),
      intervalMs: REPORT_MS,
      onFailure: (message) => {
        this.watch.note(`samples are not taken: ${message}`);
      },
    });
    this.traffic = new Traffic({
      frontEnd: this.frontEnd,
      random: createRandom(2026),
      now: () => this.demoTime,
      isReachable: (origin) => servers.some((server) => server.origin === origin && server.isListening),
      onCreateFailed: (room, message) => {
        this.watch.note(`create of ${room} failed: ${message}`);
      },
    });
    this.#outage = new Outage(dying, times, (text) => {
      this.watch.note(text);
    });
    this.#reporter.start();
  }

  /**
   * Starts everything; samples go by way of the InfluxDB where one is given. Throws when it does not take them or when
   * Ballast does not start; nothing is left running then.
   */
  static async start(times: OutageTimes, influxdb?: InfluxdbTarget): Promise<DemoWorld> {
    const servers: SimServer[] = [];
    let setup: DemoSetup | undefined;
    let receiver: FrontEndReceiver | undefined;
    try {
      for (const [index, cores] of CORES.entries()) {
        // In a bucket that others read, these must not be taken for anybody's real bbb1.
        const id = `${influxdb === undefined ? '' : 'demo-'}bbb${index + 1}`;
        servers.push(
          await startSimServer({
            id,
            secret: `${id}-of-the-demo-${Math.random()}`,
            ...{ cores, speed: SPEED, recordingDelayMs: RECORDING_MS },
          }),
        );
      }
      const dying = servers[DYING];
      if (!dying) throw new Error('the demo has too few servers');
      if (influxdb !== undefined) await tryInfluxdb(servers, influxdb);
      setup = await prepareDemo(servers, influxdb);
      receiver = await FrontEndReceiver.start({ secret: setup.secret });
      const early: string[] = [];
      let note = (text: string): void => void early.push(text);
      const logger = {
        ...silentLogger,
        warn: (message: string, fields: LogFields = {}) => {
          if (fields.source !== undefined) note(`Ballast: ${message} (${String(fields.error)})`);
        },
      };
      const app = await startApp(setup.config, { logger, clusterFile: setup.clusterFile });
      await app.firstPoll;
      const watch = new AdminWatch(app.adminUrl, setup.adminToken);
      note = (text) => {
        watch.note(text);
      };
      early.forEach(note);
      return new DemoWorld({ servers, dying, setup, app, times, influxdb, watch, receiver });
    } catch (error) {
      await Promise.all([...servers.map((server) => server.stop()), receiver?.stop(), setup?.remove()]);
      throw error;
    }
  }

  /** Demo time, ms since its midnight. */
  get demoTime(): number {
    return BEGIN_MS + (Date.now() - this.#startedAt) * SPEED;
  }

  /** Does what is due; call it a few times a second. */
  async advance(): Promise<void> {
    const now = Date.now();
    await this.#outage.advance(now - this.#startedAt);
    this.traffic.advance();
    this.#lessons.advance(now - this.#startedAt);
    if (now - this.#lookedAt < 500) return;
    this.#lookedAt = now;
    this.#splits.look(now);
    await this.watch.refresh();
    this.#hasSeenSamples ||= this.watch.snapshot.servers.some(({ cpu }) => cpu !== undefined);
  }

  /** Whether Ballast ever knew a server's CPU. */
  get hasSeenSamples(): boolean {
    return this.#hasSeenSamples;
  }

  /** What arrived at the front end; `undefined` while nothing need have arrived yet. */
  get callbacks(): CallbackCounts | undefined {
    const elapsedMs = Date.now() - this.#startedAt;
    return this.#lessons.isDue(elapsedMs) ? this.#lessons.countsAt(elapsedMs) : undefined;
  }

  /** Meetings that lived twice. */
  get splitMeetings(): readonly string[] {
    return this.#splits.found(Date.now(), STALE_COPY_MS);
  }

  /** Ends everything. */
  async stop(): Promise<void> {
    this.watch.stop();
    await this.frontEnd.close();
    await Promise.all([this.traffic.stop(), this.#lessons.stop(), this.#reporter.stop()]);
    await Promise.all([
      this.app.stop(),
      this.#receiver.stop(),
      ...this.#servers.map((server) => server.stop()),
    ]);
    await this.setup.remove();
  }
}
