import { AttendeeSimulation } from './attendee-simulation.js';
import { HostReporter } from './host-reporter.js';
import { createRandom } from './random.js';
import { type SimServer, startSimServer } from './sim-server.js';

/** What `ballast sim-server` takes. */
export interface RunSimServersOptions {
  /** Default 1. */
  readonly count?: number | undefined;
  /** Number of the first in its ID; default 1. */
  readonly first?: number | undefined;
  /** The first server's port, the next ones follow; 0 or absent takes free ones. */
  readonly basePort?: number | undefined;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** The name others reach them by; default: where they listen. */
  readonly publicHost?: string | undefined;
  readonly secret: string;
  /** Where the secret stands, for a log that must not hold it; the secret itself is printed without this. */
  readonly secretPlace?: string | undefined;
  /** Cores of each; default 8. */
  readonly cores?: number | undefined;
  /** Base URL that takes samples at `/api/v2/write`; none are sent without it. */
  readonly ingestUrl?: string | undefined;
  readonly ingestToken?: string | undefined;
  /** Organisation and bucket of an InfluxDB; default `ballast` for both. */
  readonly ingestOrg?: string | undefined;
  readonly ingestBucket?: string | undefined;
  /** Fills meetings with people who come and go; default true. */
  readonly hasAttendees?: boolean | undefined;
  /** Told each line to print. Default: console.log. */
  readonly print?: ((line: string) => void) | undefined;
}

const ATTENDEE_STEP_MS = 1_000;
/** A real server takes minutes; nobody who tries one out waits that long. */
const RECORDING_MS = 5_000;

/** Starts simulated servers `bbb1`, `bbb2`, … and prints one line for each, with its URL and secret. */
export async function runSimServers(
  options: RunSimServersOptions,
): Promise<{ readonly servers: readonly SimServer[]; stop(): Promise<void> }> {
  const print = options.print ?? console.log;
  const servers: SimServer[] = [];
  try {
    for (let index = 0; index < (options.count ?? 1); index++) {
      const id = `bbb${(options.first ?? 1) + index}`;
      const port = options.basePort ? options.basePort + index : 0;
      const { secret, host, publicHost, cores } = options;
      servers.push(
        await startSimServer({
          ...{ id, secret, port, host, publicHost, recordingDelayMs: RECORDING_MS },
          ...(cores === undefined ? {} : { cores }),
        }),
      );
    }
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()));
    throw error;
  }
  for (const { id, url, secret } of servers) print(`${id} ${url} secret ${options.secretPlace ?? secret}`);
  const reporter =
    options.ingestUrl === undefined
      ? undefined
      : new HostReporter({
          servers,
          url: options.ingestUrl,
          token: options.ingestToken ?? '',
          org: options.ingestOrg,
          bucket: options.ingestBucket,
          onFailure: (message) => {
            print(`samples are not taken: ${message}`);
          },
        });
  reporter?.start();
  const people = new AttendeeSimulation({ servers, random: createRandom(1) });
  const timer =
    options.hasAttendees === false
      ? undefined
      : setInterval(() => {
          people.advance(Date.now());
        }, ATTENDEE_STEP_MS);
  return {
    servers,
    stop: async () => {
      clearInterval(timer);
      await reporter?.stop();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
