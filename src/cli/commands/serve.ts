import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../../config/load-config.js';
import { CliError } from '../cli-error.js';
import type { CommandContext } from '../command-context.js';
import { defaultConfigFile } from '../default-config-file.js';
import type { RunningApp } from '../programs.js';
import { listenForStop } from '../stop-signals.js';

/** systemd and container runtimes kill after a while; within this the process has ended by itself. */
const STOP_WITHIN_MS = 14_000;

interface ServeOptions {
  readonly config?: string;
  readonly apply?: string;
  readonly prune?: true;
}

/** `serve`: runs the balancer until SIGINT or SIGTERM. */
export function addServe(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description('run the balancer')
    .option('--config <file>', 'configuration (default: ./ballast.yaml if it exists, else the environment)')
    .option('--apply <cluster>', 'apply this cluster file at start')
    .option('--prune', 'with --apply: remove servers and tenants it does not list')
    .action(async (options: ServeOptions) => {
      context.exitWith(await serve(options, context));
    });
}

async function serve(options: ServeOptions, context: CommandContext): Promise<number> {
  const { terminal, programs } = context;
  if (options.prune === true && options.apply === undefined) {
    throw new CliError('--prune needs --apply CLUSTER: it removes what that file does not list.', {
      exitCode: 2,
    });
  }
  const { config, warnings } = loadConfig({
    file: options.config ?? defaultConfigFile(terminal.cwd),
    env: terminal.env,
    cwd: terminal.cwd,
  });
  for (const warning of warnings) terminal.err(`warning: ${warning}\n`);

  const signals = listenForStop(terminal);
  try {
    const app = await Promise.race([
      programs.startApp(config, {
        ...(options.apply === undefined ? {} : { clusterFile: resolve(terminal.cwd, options.apply) }),
        prune: options.prune === true,
      }),
      // Two signals while it still starts: no waiting for it.
      signals.second,
    ]);
    if (app === undefined) return 1;
    announce(app, config.log.format, context);
    await signals.first;
    return await stopWithin(app, signals.second, context);
  } finally {
    signals.forget();
  }
}

/** 0 once stopped, also when calls had to be cut at the deadline; 1 when a second signal cut it short. */
async function stopWithin(
  app: RunningApp,
  second: Promise<undefined>,
  context: CommandContext,
): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<number>((settle) => {
    timer = setTimeout(() => {
      context.terminal.err(
        `warning: not everything ended within ${STOP_WITHIN_MS / 1000} s; the rest is cut off\n`,
      );
      settle(0);
    }, STOP_WITHIN_MS);
  });
  try {
    return await Promise.race([app.stop().then(() => 0), second.then(() => 1), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function announce(app: RunningApp, format: 'json' | 'text', context: CommandContext): void {
  const { url, adminUrl } = app;
  const message = 'listening';
  const timestamp = new Date().toISOString();
  // In the form of the log, so that whatever reads the log can read this line.
  context.terminal.out(
    format === 'json'
      ? `${JSON.stringify({ level: 'info', message, url, adminUrl, timestamp })}\n`
      : `${timestamp} info  ${message} url=${url} adminUrl=${adminUrl}\n`,
  );
}
