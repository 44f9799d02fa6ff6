import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { takeBuilderLock } from './builder-lock.js';
import type { Engine } from './engine.js';
import { engineCacheFolder, type Environment, findEngine, type FoundEngine } from './find-engine.js';

const LOCK_TIMEOUT_MS = 45 * 60_000;

/** What became of one engine. */
export interface EngineOutcome {
  readonly engine: Engine;
  readonly found?: FoundEngine | undefined;
  readonly isBuilt: boolean;
  readonly seconds: number;
  /** Why there is none. */
  readonly fault?: string | undefined;
}

export interface InstallDeps {
  readonly env: Environment;
  readonly install: (engine: Engine, env: Environment) => Promise<void>;
  /** What is missing to build these, one sentence each. */
  readonly missingTools: (engines: readonly Engine[]) => Promise<readonly string[]>;
  readonly print: (line: string) => void;
  /** Milliseconds, only for differences. */
  readonly now: () => number;
}

/** Finds every engine and builds what is not there, one after the other. Never throws for one engine's sake. */
export async function installEngines(
  engines: readonly Engine[],
  deps: InstallDeps,
): Promise<readonly EngineOutcome[]> {
  const outcomes = await Promise.all(engines.map(async (engine) => look(engine, deps)));
  if (outcomes.every(isSettled)) return outcomes;
  const cache = engineCacheFolder(deps.env);
  await mkdir(cache, { recursive: true });
  const lock = await takeBuilderLock(join(cache, '.lock'), LOCK_TIMEOUT_MS);
  try {
    const settled: EngineOutcome[] = [];
    for (const outcome of outcomes)
      settled.push(isSettled(outcome) ? outcome : await build(outcome.engine, deps));
    return settled;
  } finally {
    await lock.release();
  }
}

function isSettled({ found, fault }: EngineOutcome): boolean {
  return found !== undefined || fault !== undefined;
}

async function look(engine: Engine, { env, now }: InstallDeps): Promise<EngineOutcome> {
  const startedAt = now();
  try {
    const found = await findEngine(engine, env);
    return { engine, found, isBuilt: false, seconds: (now() - startedAt) / 1000 };
  } catch (error) {
    return { engine, isBuilt: false, seconds: (now() - startedAt) / 1000, fault: textOf(error) };
  }
}

async function build(engine: Engine, deps: InstallDeps): Promise<EngineOutcome> {
  const startedAt = deps.now();
  const secondsNow = (): number => (deps.now() - startedAt) / 1000;
  // Whoever held the lock before may have built it.
  const before = await look(engine, deps);
  if (isSettled(before)) return before;
  try {
    const missing = await deps.missingTools([engine]);
    if (missing.length > 0) throw new Error(missing.join('\n'));
    deps.print(`${engine.name} ${engine.version}: not here, making it takes ${engine.takes} …`);
    await deps.install(engine, deps.env);
    const found = await findEngine(engine, deps.env);
    if (found === undefined) throw new Error('it was made and is not to be found');
    return { engine, found, isBuilt: true, seconds: secondsNow() };
  } catch (error) {
    return { engine, isBuilt: false, seconds: secondsNow(), fault: textOf(error) };
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${textOf(error.cause)}`;
}
