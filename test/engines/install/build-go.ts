import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GoBuildRecipe, GoInstallRecipe, GoProgramRecipe } from './engine.js';
import { runCommand } from './run-command.js';
import { pickToolchain, type Probe } from './toolchain.js';

const BUILD_TIMEOUT_MS = 40 * 60_000;

/** Builds a Go program into `out`, named as its package's (or its module's) last folder. `work` is an empty folder. */
export async function buildGo(
  recipe: GoInstallRecipe | GoBuildRecipe | GoProgramRecipe,
  { work, out, probe }: { readonly work: string; readonly out: string; readonly probe: Probe },
): Promise<void> {
  if (recipe.kind === 'go-install') await install(recipe, out);
  else if (recipe.kind === 'go-program') await buildProgram(recipe, { work, out });
  else await build(recipe, { work, out, probe });
}

async function buildProgram(
  { goMod, main }: GoProgramRecipe,
  { work, out }: { readonly work: string; readonly out: string },
): Promise<void> {
  await writeFile(join(work, 'go.mod'), goMod);
  await writeFile(join(work, 'main.go'), main);
  await go(['mod', 'tidy'], { cwd: work });
  await go(['build', '-o', `${out}/`, '.'], { cwd: work });
}

async function install({ target, tags, ldflags }: GoInstallRecipe, out: string): Promise<void> {
  const args = ['install', '-tags', tags.join(','), '-ldflags', ldflags, target];
  await go(args, { cwd: out, env: { GOBIN: out } });
}

async function build(
  recipe: GoBuildRecipe,
  { work, out, probe }: { readonly work: string; readonly out: string; readonly probe: Probe },
): Promise<void> {
  const source = join(work, 'source');
  const tools = join(work, 'tools');
  await mkdir(source);
  await mkdir(tools);
  await writeFile(join(source, 'go.mod'), recipe.goMod);
  await writeFile(
    join(source, 'tools.go'),
    `//go:build tools\n\npackage tools\n\nimport _ "${recipe.package}"\n`,
  );
  await go(['install', recipe.pkgConfig], { cwd: tools, env: { GOBIN: tools } });
  await go(['mod', 'tidy'], { cwd: source });
  const env = { PKG_CONFIG: join(tools, 'pkg-config'), ...(await rust(tools, probe)) };
  await go(['build', '-o', `${out}/`, '-ldflags', recipe.ldflags, recipe.package], { cwd: source, env });
}

/** The Flux library denies warnings that newer compilers have, in a way RUSTFLAGS does not reach: hence the wrapper. */
async function rust(tools: string, probe: Probe): Promise<Readonly<Record<string, string>>> {
  const wrapper = join(tools, 'rustc-lenient');
  await writeFile(wrapper, '#!/bin/sh\nexec "$@" --cap-lints=warn\n');
  await chmod(wrapper, 0o755);
  const preset = process.env.RUSTUP_TOOLCHAIN;
  const toolchain = preset ?? pickToolchain(await probe('rustup', ['toolchain', 'list']).catch(() => ''));
  return { RUSTC_WRAPPER: wrapper, ...(toolchain === undefined ? {} : { RUSTUP_TOOLCHAIN: toolchain }) };
}

async function go(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<void> {
  await runCommand({ command: 'go', args, cwd, env, timeoutMs: BUILD_TIMEOUT_MS });
}
