import { copyFile, cp, mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DebianRecipe } from './engine.js';
import { runCommand } from './run-command.js';

const TIMEOUT_MS = 5 * 60_000;

/**
 * Fetches a Debian package and copies one file of it to `out`, or the whole of it and of those it needs. Package lists are fetched into `work` as well, so that
 * it needs no root, no fresh lists and changes nothing on the machine.
 */
export async function unpackDebian(
  { package: name, file, tree: kept }: DebianRecipe,
  { work, out }: { readonly work: string; readonly out: string },
): Promise<void> {
  const lists = join(work, 'lists');
  const cache = join(work, 'cache');
  const tree = join(work, 'tree');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  await mkdir(tree);
  const settings = [`Dir::State::Lists=${lists}`, `Dir::Cache=${cache}`, 'APT::Sandbox::User=root'];
  const options = settings.flatMap((setting) => ['-o', setting]);
  const apt = { command: 'apt-get', cwd: work, timeoutMs: TIMEOUT_MS };
  await runCommand({ ...apt, args: ['update', '--quiet', ...options] });
  await runCommand({ ...apt, args: ['download', name, ...(kept?.packages ?? []), '--quiet', ...options] });
  const archives = (await readdir(work)).filter((entry) => entry.endsWith('.deb'));
  if (archives.length === 0) throw new Error(`apt-get download ${name} left no package`);
  for (const archive of archives) {
    await runCommand({ command: 'dpkg-deb', args: ['-x', join(work, archive), tree], timeoutMs: TIMEOUT_MS });
  }
  if (kept === undefined) {
    await copyFile(join(tree, file), join(out, basename(file)));
    return;
  }
  await cp(tree, join(out, 'tree'), { recursive: true, verbatimSymlinks: true });
  await writeFile(join(out, basename(file)), kept.script, { mode: 0o755 });
}
