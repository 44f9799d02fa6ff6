import { InvalidArgumentError, type Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import type { DemoRun } from '../programs.js';
import type { Terminal } from '../terminal.js';

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
    .option(
      '--influxdb',
      'samples go through the InfluxDB 2 of INFLUX_URL, INFLUX_TOKEN (may write and read), INFLUX_ORG and INFLUX_BUCKET',
    )
    .action(async ({ once, seconds: length, influxdb }: DemoFlags) => {
      if (length !== undefined && once !== true) {
        throw new CliError('--seconds needs --once.', { exitCode: 2 });
      }
      const run: DemoRun = {
        once: once === true,
        ...(length === undefined ? {} : { seconds: length }),
        ...(influxdb === undefined ? {} : { influxdb: influxdbOf(context.terminal.env) }),
      };
      context.exitWith(await context.programs.runDemo(run));
    });
}

/** The InfluxDB as the variables name it, the same ones that telegraf/telegraf.conf reads. Throws CliError. */
function influxdbOf(env: Terminal['env']): NonNullable<DemoRun['influxdb']> {
  const missing: string[] = [];
  const read = (name: string): string => {
    const value = (env[name] ?? '').trim();
    if (value === '') missing.push(name);
    return value;
  };
  const url = read('INFLUX_URL');
  const target = { token: read('INFLUX_TOKEN'), org: read('INFLUX_ORG'), bucket: read('INFLUX_BUCKET') };
  if (missing.length > 0) {
    throw new CliError(`--influxdb needs ${missing.join(', ')} in the environment.`, { exitCode: 2 });
  }
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new CliError(`INFLUX_URL is "${url}", which is no URL; it looks like http://127.0.0.1:8086.`, {
      exitCode: 2,
    });
  }
  return { url, ...target };
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value >= 1 && value <= 86_400))
    throw new InvalidArgumentError('It must be a number from 1 to 86400.');
  return value;
}
