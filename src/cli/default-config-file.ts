import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The configuration of a command that names none: `ballast.yaml` where it lies, else the environment alone. */
export function defaultConfigFile(cwd: string): string | undefined {
  return existsSync(join(cwd, 'ballast.yaml')) ? 'ballast.yaml' : undefined;
}
