import type { Command } from 'commander';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { listenForStop } from '../stop-signals.js';
import { wholeNumber } from '../whole-number.js';

interface SimTrafficOptions {
  readonly apiUrl: string;
  readonly secret?: string;
  readonly speed: number;
  readonly callbacksUrl?: string;
}

/** `sim-traffic`: a simulated front end with its users at a running balancer, until SIGINT or SIGTERM. */
export function addSimTraffic(program: Command, context: CommandContext): void {
  program
    .command('sim-traffic')
    .description('run a simulated front end that creates, joins and ends meetings')
    .requiredOption('--api-url <url>', 'API of the balancer, such as http://127.0.0.1:8080/bigbluebutton/api')
    .option('--secret <secret>', 'secret it signs with (default: FRONT_END_SECRET)')
    .option('--speed <number>', '6: a lesson of an hour takes ten minutes', wholeNumber(1, 600), 6)
    .option('--callbacks-url <url>', 'ask for callbacks: how the balancer reaches this, as http://HOST:PORT')
    .action(async ({ apiUrl, secret, speed, callbacksUrl }: SimTrafficOptions) => {
      const { terminal, programs } = context;
      const signing = secret ?? terminal.env.FRONT_END_SECRET ?? '';
      if (signing === '') {
        throw new CliError('sim-traffic needs --secret or FRONT_END_SECRET.', { exitCode: 2 });
      }
      if (!/^https?:\/\/./.test(apiUrl) || !URL.canParse(apiUrl)) {
        // Not repeated: it may hold a password.
        throw new CliError('--api-url is no URL; it looks like http://127.0.0.1:8080/bigbluebutton/api.', {
          exitCode: 2,
        });
      }
      if (callbacksUrl !== undefined && !/^http:\/\/[^/]+:\d+\/?$/.test(callbacksUrl)) {
        throw new CliError('--callbacks-url must look like http://127.0.0.1:8095.', { exitCode: 2 });
      }
      const signals = listenForStop(terminal);
      const print = (line: string): void => {
        terminal.out(`${line}\n`);
      };
      const running = await programs.runSimTraffic({
        ...{ apiUrl, secret: signing, speed, print },
        ...(callbacksUrl === undefined ? {} : { callbacksUrl }),
      });
      await signals.first;
      await Promise.race([running.stop(), signals.second]);
      signals.forget();
    });
}
