import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { listenForStop } from '../stop-signals.js';

interface SimServerOptions {
  readonly count: number;
  readonly port: number;
  readonly secret?: string;
  readonly cores?: number;
  readonly ingestUrl?: string;
  readonly ingestToken?: string;
}

/** `sim-server`: simulated BigBlueButton servers to try Ballast with, until SIGINT or SIGTERM. */
export function addSimServer(program: Command, context: CommandContext): void {
  program
    .command('sim-server')
    .description('run simulated BigBlueButton servers to try Ballast with')
    .option('--count <number>', 'how many', whole(1, 1000), 1)
    .option('--port <number>', 'port of the first, the others follow; 0: free ones', whole(0, 65535), 0)
    .option('--secret <secret>', 'their secret (default: a fresh one)')
    .option('--cores <number>', 'cores of each simulated host', whole(1, 1024))
    .option('--ingest-url <url>', 'balancer that is sent their host samples')
    .option('--ingest-token <token>', 'token for it')
    .action(async (options: SimServerOptions) => {
      const { count, port, secret, cores, ingestUrl, ingestToken } = options;
      const { terminal } = context;
      const signals = listenForStop(terminal);
      const running = await context.programs.runSimServers({
        count,
        basePort: port,
        secret: secret ?? randomBytes(20).toString('hex'),
        ...(cores === undefined ? {} : { cores }),
        ...(ingestUrl === undefined ? {} : { ingestUrl }),
        ...(ingestToken === undefined ? {} : { ingestToken }),
        print: (line) => {
          if (context.isJson()) terminal.err(`${line}\n`);
          else terminal.out(`${line}\n`);
        },
      });
      if (context.isJson()) {
        const servers = running.servers.map(({ id, url, secret: its }) => ({ id, url, secret: its }));
        terminal.out(`${JSON.stringify({ servers })}\n`);
      }
      await signals.first;
      await Promise.race([running.stop(), signals.second]);
      signals.forget();
    });
}

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : -1;
    if (value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}
