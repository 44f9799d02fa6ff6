import { InvalidArgumentError, type Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { INFLUXDB_OPTION, readInfluxdb } from '../influxdb-variables.js';
import type { DemoRun } from '../programs.js';

interface DemoFlags {
  readonly once?: true;
  readonly seconds?: number;
  readonly influxdb?: true;
}

/** `demo`: Ballast with simulated servers and traffic. The demo itself ends on SIGINT. */
export function addDemo(program: Command, context: CommandContext): void {
  program
    .command('demo')
    .description('run Ballast with four simulated servers and traffic; one server dies and returns')
    .option('--once', 'end by itself, print the final table, exit 1 if anything went wrong')
    .option('--seconds <number>', 'with --once: how long', seconds)
    .option('--influxdb', INFLUXDB_OPTION)
    .action(async ({ once, seconds: length, influxdb }: DemoFlags) => {
      if (length !== undefined && once !== true) {
        throw new CliError('--seconds needs --once.', { exitCode: 2 });
      }
      const run: DemoRun = {
        once: once === true,
        ...(length === undefined ? {} : { seconds: length }),
        ...(influxdb === undefined ? {} : { influxdb: readInfluxdb(context.terminal.env) }),
      };
      context.exitWith(await context.programs.runDemo(run));
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 86_400))
    throw new InvalidArgumentError('It must be a number from 1 to 86400.');
  return value;
}
