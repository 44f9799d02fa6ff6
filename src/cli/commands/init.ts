import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { CliError, describeError } from '../cli-error.js';
import { printAnswer, type CommandContext } from '../command-context.js';
import { composeBallastYaml, composeClusterYaml } from '../compose-files.js';
import { composeEnv } from '../compose-variables.js';
import { ballastYaml, clusterYaml } from '../init-files.js';

interface InitOptions {
  readonly dir: string;
  readonly compose?: true;
  readonly demo?: true;
}

interface NewFile {
  readonly name: string;
  readonly text: string;
  /** Who is to read it, where that is not who writes it. */
  readonly owner?: Owner;
}

/** User and group that a container runs as. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * As root runs no service: its files are handed to nobody who logs in. 1000 would be the first person with an account on
 * most hosts, who could then read the secrets.
 */
const CONTAINER_OWNER: Owner = { uid: 10_001, gid: 10_001 };

/** `init`: writes ballast.yaml and cluster.yaml (and .env for Compose) with fresh secrets, readable by their owner only. */
export function addInit(program: Command, context: CommandContext): void {
  program
    .command('init')
    .description('write ballast.yaml and cluster.yaml with fresh secrets; never overwrites')
    .option('--dir <folder>', 'where to write them', '.')
    .option('--compose', 'for docker-compose.yml: writes .env as well, which holds all secrets')
    .option('--demo', 'with --compose: the servers are simulated ones')
    .action(({ dir, compose, demo }: InitOptions) => {
      if (demo !== undefined && compose === undefined) {
        throw new CliError('--demo needs --compose.', { exitCode: 2 });
      }
      const folder = resolve(context.terminal.cwd, dir);
      const isDemo = demo === true;
      const files = writeFiles(folder, compose === true ? composeFiles(isDemo) : plainFiles());
      printAnswer(context, { files }, () =>
        compose === true ? describeCompose(folder, files, isDemo) : describe(files),
      );
    });
}

const freshSecret = (): string => randomBytes(32).toString('hex');

function plainFiles(): readonly NewFile[] {
  const fresh = { tenantSecret: freshSecret(), adminToken: freshSecret(), ingestToken: freshSecret() };
  return [
    { name: 'ballast.yaml', text: ballastYaml(fresh) },
    { name: 'cluster.yaml', text: clusterYaml() },
  ];
}

function composeFiles(isDemo: boolean): readonly NewFile[] {
  const owner = containerOwner();
  return [
    { name: 'ballast.yaml', text: composeBallastYaml({ isDemo }), owner },
    { name: 'cluster.yaml', text: composeClusterYaml({ isDemo }), owner },
    { name: '.env', text: composeEnv({ secret: freshSecret, owner: `${owner.uid}:${owner.gid}`, isDemo }) },
  ];
}

function containerOwner(): Owner {
  // Absent on Windows, where Docker Desktop hands files to whoever asks.
  const uid = process.getuid?.() ?? CONTAINER_OWNER.uid;
  return uid === 0 ? CONTAINER_OWNER : { uid, gid: process.getgid?.() ?? CONTAINER_OWNER.gid };
}

function writeFiles(folder: string, given: readonly NewFile[]): readonly string[] {
  const files = given.map(({ name, text, owner }) => ({ path: join(folder, name), text, owner }));
  const taken = files.filter(({ path }) => existsSync(path)).map(({ path }) => path);
  if (taken.length > 0) {
    throw new CliError(
      `Nothing was written, since ${taken.join(' and ')} would be overwritten. Move what is there away, or give another --dir.`,
    );
  }
  const written: string[] = [];
  try {
    mkdirSync(folder, { recursive: true });
    for (const { path, text, owner } of files) {
      // wx: a file that appeared in between is not overwritten either.
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      written.push(path);
      if (owner !== undefined && process.getuid?.() === 0) chownSync(path, owner.uid, owner.gid);
    }
  } catch (error) {
    // Half of them would stand in the way of the next run, and their secrets fit no others.
    for (const path of written) rmSync(path, { force: true });
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

function describeCompose(folder: string, files: readonly string[], isDemo: boolean): string {
  const [config = '', cluster = '', env = ''] = files;
  const { uid, gid } = containerOwner();
  const isComposeThere = existsSync(join(folder, 'docker-compose.yml'));
  return [
    `Wrote ${config}, ${cluster} and ${env}.`,
    `The container runs as ${uid}:${gid}, the owner of the first two (CONTAINER_USER in the third).`,
    ...(isComposeThere
      ? []
      : [
          `docker-compose.yml is not in ${folder}: use --dir with the folder that holds it, or bring it there.`,
        ]),
    isDemo
      ? 'Next: docker compose up -d. The pool is simulated, and so are its front end and its users.'
      : `Next: name your servers in ${cluster}, then run: docker compose up -d`,
    `The secret for your front ends is FRONT_END_SECRET in ${env}, the password of Grafana (user admin) GRAFANA_PASSWORD.`,
    '',
  ].join('\n');
}
