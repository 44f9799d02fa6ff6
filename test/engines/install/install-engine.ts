import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildGo } from './build-go.js';
import type { Engine } from './engine.js';
import {
  engineBinary,
  engineCacheFolder,
  engineFolder,
  type Environment,
  recipeFingerprint,
  RECIPE_FILE,
  versionAt,
} from './find-engine.js';
import { probeCommand } from './toolchain.js';
import { unpackDebian } from './unpack-debian.js';

const BUILDING = '.building-';

/**
 * Builds or unpacks an engine and puts it into the cache in one move: there is never half of one. The caller holds the
 * builders' lock.
 */
export async function installEngine(engine: Engine, env: Environment): Promise<void> {
  const cache = engineCacheFolder(env);
  await mkdir(cache, { recursive: true });
  // Nobody else builds while we do: what lies there is of a builder that was killed.
  const leftOver = (await readdir(cache)).filter((entry) => entry.startsWith(BUILDING));
  for (const entry of leftOver) await rm(join(cache, entry), { recursive: true, force: true });
  const building = await mkdtemp(join(cache, `${BUILDING}${engine.name}-`));
  try {
    const work = join(building, 'work');
    const out = join(building, 'out');
    await mkdir(work);
    await mkdir(out);
    const { recipe } = engine;
    if (recipe.kind === 'debian') await unpackDebian(recipe, { work, out });
    else await buildGo(recipe, { work, out, probe: probeCommand });
    const binary = join(out, engineBinary(engine));
    if ((await versionAt(engine, binary)) === undefined) {
      throw new Error(`${basename(binary)} as built is not version ${engine.version} or does not run here`);
    }
    await writeFile(join(out, RECIPE_FILE), recipeFingerprint(recipe));
    const folder = engineFolder(engine, env);
    // A process that runs the old one keeps its file.
    await rm(folder, { recursive: true, force: true });
    await rename(out, folder);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
