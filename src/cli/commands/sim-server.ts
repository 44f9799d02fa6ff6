import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { INFLUXDB_OPTION, readInfluxdb } from '../influxdb-variables.js';
import type { SimServersRun } from '../programs.js';
import { listenForStop } from '../stop-signals.js';
import { wholeNumber } from '../whole-number.js';

interface SimServerOptions {
  readonly count: number;
  readonly first: number;
  readonly port: number;
  readonly host?: string;
  readonly publicHost?: string;
  readonly secret?: string;
  readonly cores?: number;
  readonly ingestUrl?: string;
  readonly ingestToken?: string;
  readonly influxdb?: true;
  readonly empty?: true;
}

/** `sim-server`: simulated BigBlueButton servers to try Ballast with, until SIGINT or SIGTERM. */
export function addSimServer(program: Command, context: CommandContext): void {
  program
    .command('sim-server')
    .description('run simulated BigBlueButton servers to try Ballast with')
    .option('--count <number>', 'how many', wholeNumber(1, 1000), 1)
    .option('--first <number>', 'the first is bbb with this number', wholeNumber(1, 1000), 1)
    .option('--port <number>', 'port of the first, the others follow; 0: free ones', wholeNumber(0, 65535), 0)
    .option('--host <address>', 'where they listen (default: 127.0.0.1)')
    .option('--public-host <name>', 'the name others reach them by (default: where they listen)')
    .option('--secret <secret>', 'their secret (default: SIM_SECRET, else a fresh one)')
    .option('--cores <number>', 'cores of each simulated host', wholeNumber(1, 1024))
    .option('--ingest-url <url>', 'balancer that is sent their host samples')
    .option('--ingest-token <token>', 'token for it')
    .option('--influxdb', INFLUXDB_OPTION)
    .option('--empty', 'nobody is in their meetings but who joins (else people come and go by themselves)')
    .action(async (options: SimServerOptions) => {
      const { terminal } = context;
      const run = runOf(options, context);
      const signals = listenForStop(terminal);
      const running = await context.programs.runSimServers(run);
      if (context.isJson()) {
        // Whoever gave it in SIM_SECRET has it, and keeps it out of what is printed.
        const isTold = run.secretPlace === undefined;
        const servers = running.servers.map(({ id, url, secret }) => ({
          id,
          url,
          ...(isTold && { secret }),
        }));
        terminal.out(`${JSON.stringify({ servers })}\n`);
      }
      await signals.first;
      await Promise.race([running.stop(), signals.second]);
      signals.forget();
    });
}

function runOf(options: SimServerOptions, context: CommandContext): SimServersRun {
  const { count, first, port, host, publicHost, cores } = options;
  const { terminal } = context;
  const fromEnv = options.secret === undefined ? (terminal.env.SIM_SECRET ?? '') : '';
  return {
    count,
    first,
    basePort: port,
    secret: options.secret ?? (fromEnv === '' ? randomBytes(20).toString('hex') : fromEnv),
    ...(fromEnv !== '' && { secretPlace: 'of SIM_SECRET' }),
    hasAttendees: options.empty !== true,
    ...(host === undefined ? {} : { host }),
    ...(publicHost === undefined ? {} : { publicHost }),
    ...(cores === undefined ? {} : { cores }),
    ...ingestOf(options, terminal.env),
    print: (line) => {
      if (context.isJson()) terminal.err(`${line}\n`);
      else terminal.out(`${line}\n`);
    },
  };
}

type Ingest = Pick<SimServersRun, 'ingestUrl' | 'ingestToken' | 'ingestOrg' | 'ingestBucket'>;

function ingestOf(
  { influxdb, ingestUrl, ingestToken }: SimServerOptions,
  env: CommandContext['terminal']['env'],
): Ingest {
  if (influxdb === undefined) {
    return {
      ...(ingestUrl === undefined ? {} : { ingestUrl }),
      ...(ingestToken === undefined ? {} : { ingestToken }),
    };
  }
  if (ingestUrl !== undefined) {
    throw new CliError('Give either --ingest-url or --influxdb, not both.', { exitCode: 2 });
  }
  const { url, token, org, bucket } = readInfluxdb(env);
  return { ingestUrl: url, ingestToken: token, ingestOrg: org, ingestBucket: bucket };
}
