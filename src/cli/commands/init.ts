import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, describeError } from '../cli-error.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { ballastYaml, clusterYaml } from '../init-files.js';

/** `init`: writes ballast.yaml and cluster.yaml with fresh secrets, readable by their owner only. */
export function addInit(program: Command, context: CommandContext): void {
  program
    .command('init')
    .description('write ballast.yaml and cluster.yaml with fresh secrets; never overwrites')
    .option('--dir <folder>', 'where to write them', '.')
    .action(({ dir }: { dir: string }) => {
      const folder = resolve(context.terminal.cwd, dir);
      const files = writeFiles(folder);
      printAnswer(context, { files }, () => describe(files));
    });
}

function writeFiles(folder: string): readonly string[] {
  const secret = (): string => randomBytes(32).toString('hex');
  const fresh = { tenantSecret: secret(), adminToken: secret(), ingestToken: secret() };
  const files = [
    { path: join(folder, 'ballast.yaml'), text: ballastYaml(fresh) },
    { path: join(folder, 'cluster.yaml'), text: clusterYaml() },
  ];
  const taken = files.filter(({ path }) => existsSync(path)).map(({ path }) => path);
  if (taken.length > 0) {
    throw new CliError(
      `Nothing was written, since ${taken.join(' and ')} would be overwritten. Move what is there away, or give another --dir.`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    // wx: a file that appeared in between is not overwritten either.
    for (const { path, text } of files) writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new CliError(`Cannot write to ${folder}: ${describeError(error)}`, { cause: error });
  }
  return files.map(({ path }) => path);
}

function describe(files: readonly string[]): string {
  const [config = '', cluster = ''] = files;
  return [
    `Wrote ${config} and ${cluster}.`,
    `Next: name your servers in ${cluster}, then run`,
    `  ballast serve --config ${config} --apply ${cluster}`,
    `The secret for your front ends is "secrets" in ${config}; the token for BALLAST_TOKEN is below "admin".`,
    '',
  ].join('\n');
}
