import { runCommand } from './run-command.js';
import type { Engine } from './engine.js';

/** Runs a program and gives what it printed; throws when it is missing or fails. */
export type Probe = (command: string, args: readonly string[]) => Promise<string>;

const OLDEST_GO = [1, 24] as const;

/** Asks the program itself, with a time limit. */
export const probeCommand: Probe = async (command, args) => runCommand({ command, args, timeoutMs: 60_000 });

/** What is missing here to build these engines, one sentence each, with what to do about it. */
export async function missingTools(engines: readonly Engine[], probe: Probe): Promise<readonly string[]> {
  const kinds = new Set(engines.map(({ recipe }) => recipe.kind));
  const faults: string[] = [];
  if (kinds.has('debian')) {
    if (
      !(await isThere('apt-get', ['--version'], probe)) ||
      !(await isThere('dpkg-deb', ['--version'], probe))
    ) {
      faults.push('apt-get and dpkg-deb are needed: this works on Debian and its kin');
    }
  }
  if (kinds.has('go-install') || kinds.has('go-build') || kinds.has('go-program')) {
    const version = await probe('go', ['version']).catch(() => '');
    if (!isGoEnough(version)) {
      faults.push(
        `Go ${OLDEST_GO.join('.')} or later is needed (https://go.dev/dl), found: ${version.trim() || 'none'}`,
      );
    }
  }
  if (kinds.has('go-build')) {
    if (!(await isThere('cargo', ['--version'], probe)) && !(await isThere('rustup', ['--version'], probe))) {
      faults.push('cargo and rustc are needed for the Flux library of InfluxDB (https://rustup.rs)');
    }
    if (!(await isThere('cc', ['--version'], probe)))
      faults.push('a C compiler is needed: apt-get install gcc');
  }
  return faults;
}

/** Whether what `go version` printed is a Go that builds the engines; it fetches a newer one by itself if need be. */
export function isGoEnough(text: string): boolean {
  const [, major, minor] = /\bgo(\d+)\.(\d+)/.exec(text) ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > OLDEST_GO[0] || (Number(major) === OLDEST_GO[0] && Number(minor) >= OLDEST_GO[1]);
}

/**
 * The installed Rust toolchain to build with, from `rustup toolchain list`: the default, else the first stable one,
 * else the first. The Flux library pins an old one in a file, and rustup would want to fetch that.
 */
export function pickToolchain(list: string): string | undefined {
  const lines = list.split('\n').filter((line) => /^\S+-\S+/.test(line));
  const line =
    lines.find((candidate) => /\((?:.*, )?default\)/.test(candidate)) ??
    lines.find((candidate) => candidate.startsWith('stable')) ??
    lines[0];
  return line?.split(/\s/)[0];
}

async function isThere(command: string, args: readonly string[], probe: Probe): Promise<boolean> {
  return probe(command, args).then(
    () => true,
    () => false,
  );
}
