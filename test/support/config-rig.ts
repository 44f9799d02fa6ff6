import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../src/config/config-error.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load-config.js';

/** A folder of its own for one test, with what it takes to load a configuration from it. */
export class ConfigRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'ballast-config-'));

  /** Writes a file into the folder and returns its path. */
  write(name: string, text: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Loads a text as the configuration file; without one, the environment only. */
  load(text?: string, env: Record<string, string> = {}): { config: Config; warnings: readonly string[] } {
    const file = text === undefined ? undefined : this.write('ballast.yaml', text);
    return loadConfig({ file, env, cwd: this.folder });
  }

  /** The faults of a configuration that must not load, one line each. */
  faults(text?: string, env: Record<string, string> = {}): readonly string[] {
    let loaded: Config;
    try {
      loaded = this.load(text, env).config;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.message
        .replaceAll(this.folder, 'DIR')
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    }
    throw new Error(`it loads: ${JSON.stringify(loaded)}`);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
