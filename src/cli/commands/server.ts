import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { PanicAnswer, ServersAnswer } from '../../admin/views.js';
import { describeSystemError } from '../../config/read-config-file.js';
import { listIn } from '../admin-client.js';
import { CliError } from '../cli-error.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { serverTable } from '../server-table.js';

const ACTIONS = {
  cordon: ['no new meetings there; running ones go on', 'is cordoned: it gets no new meetings'],
  uncordon: ['let new meetings there again', 'gets new meetings again'],
  drain: [
    'cordon, then disable once the last meeting has ended',
    'drains: disabled once its last meeting has ended',
  ],
  enable: ['let a disabled or cordoned server take part', 'is enabled'],
  disable: [
    'take it out at once: not polled, its meetings count as gone (drain waits for their end)',
    'is disabled',
  ],
  panic: ['end and forget all its meetings now', 'was emptied'],
} as const;

/** `server …`: the servers of a running balancer. */
export function addServer(program: Command, context: CommandContext): void {
  const server = program.command('server').description('list and change servers');
  server
    .command('list')
    .description('all servers with state, load and people')
    .action(async () => {
      const answer = await context.connect()({ method: 'GET', path: '/servers' });
      listIn(answer, 'servers');
      const { servers } = answer as ServersAnswer;
      printAnswer(context, answer, () =>
        servers.length === 0
          ? 'No servers yet: `ballast server add ID URL --secret-file F`, or `ballast apply cluster.yaml`.\n'
          : serverTable(context.terminal, servers),
      );
    });
  addAdd(server, context);
  for (const [action, [description, done]] of Object.entries(ACTIONS)) {
    server
      .command(action)
      .description(description)
      .argument('<id>', 'server')
      .action(async (id: string) => {
        const path = `/servers/${encodeURIComponent(id)}/${action}`;
        const answer = await context.connect()({ method: 'POST', path, timeoutMs: 120_000 });
        const ended = action === 'panic' ? `: ${(answer as PanicAnswer).ended} meetings ended` : '';
        printAnswer(context, answer, () => `Server ${id} ${done}${ended}.\n`);
      });
  }
  server
    .command('remove')
    .description('forget a server; refused while it has running meetings')
    .argument('<id>', 'server')
    .option('--force', 'also with running meetings')
    .action(async (id: string, { force }: { force?: true }) => {
      const path = `/servers/${encodeURIComponent(id)}`;
      const answer = await context.connect()({ method: 'DELETE', path, query: { force: force && 'true' } });
      printAnswer(context, answer, () => `Server ${id} is removed.\n`);
    });
}

interface AddOptions {
  readonly secret?: string;
  readonly secretFile?: string;
  readonly tag?: readonly string[];
  readonly loadMultiplier?: number;
  readonly state?: string;
  readonly metricsHost?: string;
  readonly maxAttendees?: number;
  readonly maxMeetings?: number;
  readonly networkMbit?: number;
  readonly allowInsecureTls?: true;
}

function addAdd(server: Command, context: CommandContext): void {
  server
    .command('add')
    .description('add a server')
    .argument('<id>', '1 to 64 of A-Z a-z 0-9 . _ -')
    .argument('<url>', 'with or without /bigbluebutton/api')
    .option(
      '--secret <secret>',
      'what `bbb-conf --secret` prints there (others on this host can see it: prefer --secret-file)',
    )
    .option('--secret-file <file>', 'file that holds the secret; - reads standard input')
    .option('--tag <tag...>', 'tags for tenants and meta_server-tag')
    .option('--load-multiplier <number>', '2: its load counts double', positiveNumber)
    .addOption(new Option('--state <state>', 'admin state').choices(['enabled', 'cordoned', 'disabled']))
    .option('--metrics-host <host>', 'tag host of its samples, where it is not the host of the URL')
    .option('--max-attendees <number>', 'no new meetings above this', positiveNumber)
    .option('--max-meetings <number>', 'no new meetings above this', positiveNumber)
    .option('--network-mbit <number>', 'speed of its network', positiveNumber)
    .option('--allow-insecure-tls', 'do not check its certificate')
    .action(async (id: string, url: string, options: AddOptions) => {
      const client = context.connect();
      const { maxAttendees: attendees, maxMeetings: meetings, tag: tags } = options;
      const hasLimits = attendees !== undefined || meetings !== undefined;
      const { loadMultiplier, state, metricsHost, networkMbit, allowInsecureTls } = options;
      const body = {
        ...{ id, url, secret: await readSecret(options, context), tags, loadMultiplier, state },
        ...{ metricsHost, networkMbit, allowInsecureTls },
        limits: hasLimits ? { attendees, meetings } : undefined,
      };
      const answer = await client({
        method: 'POST',
        path: '/servers',
        body: { contentType: 'application/json', text: JSON.stringify(body) },
      });
      printAnswer(context, answer, () => `Server ${id} is added; \`ballast server list\` shows it.\n`);
    });
}

async function readSecret({ secret, secretFile }: AddOptions, { terminal }: CommandContext): Promise<string> {
  if ((secret === undefined) === (secretFile === undefined)) {
    throw new CliError('Give either --secret or --secret-file.', { exitCode: 2 });
  }
  if (secretFile === undefined) return secret ?? '';
  try {
    const file = resolve(terminal.cwd, secretFile);
    return (secretFile === '-' ? await terminal.readStdin() : readFileSync(file, 'utf8')).trim();
  } catch (error) {
    throw new CliError(`Cannot read ${secretFile}: ${describeSystemError(error)}.`, { cause: error });
  }
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
