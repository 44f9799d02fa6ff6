import { Command } from 'commander';
import type { CommandContext } from './command-context.js';
import { addApply } from './commands/apply.js';
import { addCallback } from './commands/callback.js';
import { addDemo } from './commands/demo.js';
import { addDoctor } from './commands/doctor.js';
import { addExplain } from './commands/explain.js';
import { addImportScalelite } from './commands/import-scalelite.js';
import { addInit } from './commands/init.js';
import { addMeeting } from './commands/meeting.js';
import { addRecording } from './commands/recording.js';
import { addServe } from './commands/serve.js';
import { addServer } from './commands/server.js';
import { addSimServer } from './commands/sim-server.js';
import { addSimTraffic } from './commands/sim-traffic.js';
import { addSimulate } from './commands/simulate.js';
import { addTelegrafUrl } from './commands/telegraf-url.js';
import { addTenant } from './commands/tenant.js';
import { VERSION } from '../version.js';

/** Where a balancer started with the defaults answers. */
export const DEFAULT_URL = 'http://127.0.0.1:8080';

const EXAMPLES = `
Examples:
  ballast init && ballast serve --apply cluster.yaml
  export BALLAST_URL=${DEFAULT_URL} BALLAST_TOKEN=...   (the token below "admin" in ballast.yaml)
  ballast server list
  ballast server drain bbb1
  ballast explain MEETING_ID
  ballast doctor                                         (where the balancer runs: what is wrong, and what to do)
  ballast help server                                    (each command explains itself)

Exit code 0: done, 1: failed, 2: wrong usage.`;

/** The whole command line. The context is asked only when a command runs. */
export function createProgram(context: CommandContext): Command {
  const { terminal } = context;
  const program = new Command('ballast')
    .description('Ballast makes a pool of BigBlueButton servers look like one.')
    .version(VERSION)
    .option('--json', 'print JSON')
    .option('--url <url>', `running balancer (default: BALLAST_URL, else ${DEFAULT_URL})`)
    .option('--token <token>', 'admin token (default: BALLAST_TOKEN, which others on this host cannot see)')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => {
        terminal.out(text);
      },
      writeErr: (text) => {
        terminal.err(text);
      },
    })
    .showHelpAfterError('(--help tells more)')
    .exitOverride();
  for (const add of [
    addServe,
    addInit,
    addApply,
    addServer,
    addTenant,
    addMeeting,
    addCallback,
    addRecording,
    addExplain,
    addDoctor,
  ]) {
    add(program, context);
  }
  addTelegrafUrl(program, context);
  addImportScalelite(program, context);
  addSimulate(program, context);
  addSimServer(program, context);
  addSimTraffic(program, context);
  addDemo(program, context);
  return program;
}
