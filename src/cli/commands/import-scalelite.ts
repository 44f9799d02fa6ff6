import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, describeError } from '../cli-error.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { readCluster } from '../read-cluster.js';
import { carryOver, type ScaleliteCluster } from '../scalelite/carry-over.js';

interface ImportOptions {
  readonly servers: string;
  readonly tenants?: string;
  readonly urlHost?: string;
  readonly out?: string;
}

/** `import-scalelite`: a cluster file made of what Scalelite prints. Exit 1 when a server or tenant had to be left out. */
export function addImportScalelite(program: Command, context: CommandContext): void {
  program
    .command('import-scalelite')
    .description("make a cluster file of Scalelite's servers and tenants; talks to nobody")
    .requiredOption(
      '--servers <file>',
      'what `rake servers:yaml` prints, or its servers.yml; - reads standard input',
    )
    .option('--tenants <file>', 'what `rake tenants` prints, with that of `rake tenantSettings` behind it')
    .option('--url-host <name>', "Scalelite's URL_HOST, below which its tenants have their hosts")
    .option(
      '--out <file>',
      'write the cluster file here, for its owner only; never overwrites (default: print it)',
    )
    .action(async (options: ImportOptions) => {
      const { terminal } = context;
      if (options.servers === '-' && options.tenants === '-') {
        throw new CliError('Only one of --servers and --tenants can be standard input.', { exitCode: 2 });
      }
      const read = async (file: string): Promise<string> => (await readCluster(file, terminal)).text;
      const made = carryOver({
        servers: await read(options.servers),
        tenants: options.tenants === undefined ? undefined : await read(options.tenants),
        urlHost: options.urlHost?.toLowerCase(),
      });
      if (options.out !== undefined) writeNew(resolve(terminal.cwd, options.out), options.out, made.text);
      const { text, ...counts } = made;
      const answer = { ...counts, ...(options.out === undefined ? { cluster: text } : { out: options.out }) };
      printAnswer(context, answer, () => (options.out === undefined ? text : ''));
      if (!context.isJson()) terminal.err(report(made, options.out));
      if (made.leftOut.length > 0) context.exitWith(1);
    });
}

function writeNew(path: string, given: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const why = isThere ? 'it is there already, and nothing is overwritten' : describeError(error);
    throw new CliError(`Cannot write ${given}: ${why}.`, { cause: error });
  }
}

function report({ servers, tenants, leftOut, notes }: ScaleliteCluster, out: string | undefined): string {
  const list = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
  return [
    `${servers} ${servers === 1 ? 'server' : 'servers'} and ${tenants} ${tenants === 1 ? 'tenant' : 'tenants'} carried over.`,
    ...list('Left out:', leftOut),
    ...list('Worth knowing:', notes),
    `Next: ballast apply ${out ?? 'FILE'} --dry-run`,
    '',
  ].join('\n');
}
