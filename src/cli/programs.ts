import type { Config } from '../config/config.js';
import type { RecordedSpan } from '../app-replay.js';
import type { DoctorReport } from '../doctor/report.js';
import type { RecordedDay } from '../sim/yardstick/recorded-day.js';
import type { Simulator } from '../sim/yardstick/simulate.js';

/** A started balancer. */
export interface RunningApp {
  readonly url: string;
  readonly adminUrl: string;
  stop(): Promise<void>;
}

/** Options of the demo. */
export interface DemoRun {
  /** Ends by itself after `seconds`, prints the final table, and answers 1 if anything went wrong. */
  readonly once: boolean;
  readonly seconds?: number;
  /** Samples go through this InfluxDB 2 instead of straight to Ballast. */
  readonly influxdb?: InfluxdbAccess;
}

/** An InfluxDB 2 that takes samples. */
export interface InfluxdbAccess {
  readonly url: string;
  readonly token: string;
  readonly org: string;
  readonly bucket: string;
}

/** Options of the simulated servers. */
export interface SimServersRun {
  readonly count: number;
  /** Number of the first in its ID. */
  readonly first: number;
  /** 0: free ones. */
  readonly basePort: number;
  /** Address to listen on, and the name others reach it by. */
  readonly host?: string;
  readonly publicHost?: string;
  readonly secret: string;
  /** Where the secret stands; it is not printed then. */
  readonly secretPlace?: string;
  readonly cores?: number;
  readonly ingestUrl?: string;
  readonly ingestToken?: string;
  readonly ingestOrg?: string;
  readonly ingestBucket?: string;
  readonly hasAttendees: boolean;
  readonly print: (line: string) => void;
}

/** Options of the simulated front end. */
export interface SimTrafficRun {
  /** The API root of the balancer or server it talks to. */
  readonly apiUrl: string;
  readonly secret: string;
  /** How many times faster than the clock lessons pass. */
  readonly speed: number;
  readonly print: (line: string) => void;
  /** By which callbacks reach it. */
  readonly callbacksUrl?: string;
}

/** The simulated front end while it runs. */
export interface RunningSimTraffic {
  stop(): Promise<void>;
}

/** Simulated servers that run. */
export interface RunningSimServers {
  readonly servers: readonly { readonly id: string; readonly url: string; readonly secret: string }[];
  stop(): Promise<void>;
}

/** What the doctor is asked; the configuration is given as for `serve`. */
export interface DoctorRun {
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** A cluster file that may not be applied yet, and where its relative paths begin. */
  readonly cluster: { readonly text: string; readonly directory: string } | undefined;
}

/** What runs for long or needs much, loaded only when its command is given. */
export interface Programs {
  startApp(config: Config, options: { clusterFile?: string; prune?: boolean }): Promise<RunningApp>;
  /** Resolves with the exit code. */
  runDemo(options: DemoRun): Promise<number>;
  runSimServers(options: SimServersRun): Promise<RunningSimServers>;
  runSimTraffic(options: SimTrafficRun): Promise<RunningSimTraffic>;
  runDoctor(options: DoctorRun): Promise<DoctorReport>;
  loadSimulator(): Promise<Simulator>;
  /** What the store (`sqlite:PATH`) has kept of a time. */
  readRecordedDay(store: string, span: RecordedSpan): Promise<RecordedDay>;
}

/** The real programs. */
export function lazyPrograms(): Programs {
  return {
    startApp: async (config, options) => {
      const { startApp } = await import('../app.js');
      return startApp(config, options);
    },
    runDemo: async (options) => {
      const { runDemo } = await import('../sim/demo/run-demo.js');
      return runDemo(options);
    },
    runSimServers: async (options) => {
      const { runSimServers } = await import('../sim/run-sim-servers.js');
      return runSimServers(options);
    },
    runSimTraffic: async (options) => {
      const { SimTraffic } = await import('../sim/demo/sim-traffic.js');
      return SimTraffic.start(options);
    },
    runDoctor: async (options) => {
      const { runDoctor } = await import('../app-doctor.js');
      return runDoctor(options);
    },
    loadSimulator: async () => (await import('../sim/yardstick/simulate.js')).simulator,
    readRecordedDay: async (store, span) => {
      const { readRecordedDay } = await import('../app-replay.js');
      return readRecordedDay(store, span);
    },
  };
}
