import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ComposeService } from './compose-project.js';

/** What a service would see as its file system, below a folder of this machine. */
export interface ServiceRoot {
  readonly folder: string;
  /** Files (as in the container) whose addresses had to be replaced; all others are the very same. */
  readonly rewritten: readonly string[];
  /** A command line argument with the container's paths replaced by ours. */
  path(argument: string): string;
}

/** Lays out the mounts of a service below `folder`: links to the same files, and an empty folder for each volume. */
export async function layOutService(
  folder: string,
  { volumes }: ComposeService,
  rewrite: (text: string) => string,
): Promise<ServiceRoot> {
  const rewritten: string[] = [];
  const place = async (source: string, target: string): Promise<void> => {
    const at = join(folder, target);
    if ((await stat(source)).isDirectory()) {
      await mkdir(at, { recursive: true });
      for (const entry of await readdir(source)) await place(join(source, entry), join(target, entry));
      return;
    }
    await mkdir(dirname(at), { recursive: true });
    const text = await readFile(source, 'utf8');
    const native = rewrite(text);
    if (native === text) await symlink(source, at);
    else {
      await writeFile(at, native, { mode: 0o600 });
      rewritten.push(target);
    }
  };
  await mkdir(folder, { recursive: true });
  for (const { type, source, target } of volumes) {
    if (type === 'bind') await place(source, target);
    else await mkdir(join(folder, target), { recursive: true });
  }
  const targets = volumes.map(({ target }) => target);
  return {
    folder,
    rewritten,
    path: (argument) => {
      const [, before = '', path = ''] = /^((?:--[\w.-]+=)?)(\/.*)$/.exec(argument) ?? [];
      const isMounted = targets.some((target) => path === target || path.startsWith(`${target}/`));
      return isMounted ? `${before}${join(folder, path)}` : argument;
    },
  };
}
