import { createHash } from 'node:crypto';
import { access, constants, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Engine, Recipe } from './engine.js';
import { runCommand } from './run-command.js';
import { isVersionEnough, readVersion } from './version.js';

/** The environment of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An engine that can be started. */
export interface FoundEngine {
  readonly path: string;
  readonly version: string;
  /** What named it: an environment variable, the PATH, the cache. */
  readonly by: 'variable' | 'PATH' | 'cache';
}

/** Holds the fingerprint of the recipe that made the binary beside it. */
export const RECIPE_FILE = 'recipe';

/** The folder that built engines are kept in. */
export function engineCacheFolder(env: Environment): string {
  const cache = env.XDG_CACHE_HOME;
  return join(cache === undefined || cache === '' ? join(homedir(), '.cache') : cache, 'ballast-engines');
}

/** The folder of one engine in the cache, keyed by version. */
export function engineFolder(engine: Engine, env: Environment): string {
  return join(engineCacheFolder(env), `${engine.name}-${engine.version}`);
}

/** What a binary in the cache is called: as its first command. */
export function engineBinary({ commands }: Engine): string {
  const [command] = commands;
  if (command === undefined) throw new Error('an engine without a command');
  return command;
}

/** Changes with everything that shapes the binary. */
export function recipeFingerprint(recipe: Recipe): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex');
}

/**
 * Where an engine is: named by its variable, on the PATH with a version that will do, or in the cache; `undefined`
 * when it is to be built. Throws when the variable names something that is not that engine.
 */
export async function findEngine(engine: Engine, env: Environment): Promise<FoundEngine | undefined> {
  const named = env[engine.variable];
  if (named !== undefined && named !== '') {
    return { path: named, version: await namedVersion(engine, named), by: 'variable' };
  }
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (folder === '') continue;
    for (const command of engine.commands) {
      const path = join(folder, command);
      const version = await versionAt(engine, path);
      if (version !== undefined) return { path, version, by: 'PATH' };
    }
  }
  const folder = engineFolder(engine, env);
  const recipe = await readFile(join(folder, RECIPE_FILE), 'utf8').catch(() => undefined);
  if (recipe !== recipeFingerprint(engine.recipe)) return undefined;
  const path = join(folder, engineBinary(engine));
  const version = await versionAt(engine, path);
  return version === undefined ? undefined : { path, version, by: 'cache' };
}

/** The version of the binary at `path`, or `undefined` when there is none that will do. */
export async function versionAt(engine: Engine, path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    const version = await askVersion(engine, path);
    return version !== undefined && isVersionEnough(version, engine.version) ? version : undefined;
  } catch {
    // Not there, or not a program that runs here: it is looked for elsewhere.
    return undefined;
  }
}

/** A named engine is used whatever its version, but it must be one. */
async function namedVersion(engine: Engine, path: string): Promise<string> {
  try {
    return (await askVersion(engine, path)) ?? 'unknown';
  } catch (cause) {
    throw new Error(`${engine.variable} names ${path}, which does not tell its version`, { cause });
  }
}

async function askVersion({ versionArgs }: Engine, path: string): Promise<string | undefined> {
  return readVersion(await runCommand({ command: path, args: versionArgs, timeoutMs: 20_000 }));
}
