import { CommanderError, type Command } from 'commander';
import { createAdminClient, type AdminClient } from './admin-client.js';
import { CliError, describeError } from './cli-error.js';
import { createProgram, DEFAULT_URL } from './program.js';
import type { Programs } from './programs.js';
import type { Terminal } from './terminal.js';

/** Runs one command line (without `node` and the script); resolves with the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function runCli(
  argv: readonly string[],
  { terminal, programs }: { readonly terminal: Terminal; readonly programs: Programs },
): Promise<number> {
  let code = 0;
  const program: Command = createProgram({
    terminal,
    programs,
    isJson: () => program.opts().json === true,
    connect: () => connect(program.opts(), terminal.env),
    exitWith: (given) => {
      code = given;
    },
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has printed by then; help and version that were asked for are no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    terminal.err(`ballast: ${describeError(error)}\n`);
    return error instanceof CliError ? error.exitCode : 1;
  }
}

function connect(options: { url?: string; token?: string }, env: Terminal['env']): AdminClient {
  const given = (options.url ?? env.BALLAST_URL ?? '').trim();
  const url = given === '' ? DEFAULT_URL : given;
  const token = (options.token ?? env.BALLAST_TOKEN ?? '').trim();
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    throw new CliError(`"${url}" is no URL of a balancer; it looks like ${DEFAULT_URL}.`, { exitCode: 2 });
  }
  if (token === '') {
    throw new CliError('No token: give --token or set BALLAST_TOKEN (one of admin.tokens in ballast.yaml).', {
      exitCode: 2,
    });
  }
  if (/[^\x21-\x7e]/.test(token)) {
    throw new CliError('The token holds characters no token has (spaces?).', { exitCode: 2 });
  }
  return createAdminClient({ url, token });
}
