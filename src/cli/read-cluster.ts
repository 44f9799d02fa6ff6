import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { describeSystemError } from '../config/read-config-file.js';
import { CliError } from './cli-error.js';
import type { Terminal } from './terminal.js';

/** A cluster file as it was given, and where its relative paths begin. */
export interface ClusterText {
  readonly text: string;
  readonly directory: string;
}

/** Reads a cluster file named on the command line; `-` is standard input. Throws CliError. */
export async function readCluster(file: string, terminal: Terminal): Promise<ClusterText> {
  if (file === '-') return { text: await terminal.readStdin(), directory: terminal.cwd };
  const path = resolve(terminal.cwd, file);
  try {
    return { text: readFileSync(path, 'utf8'), directory: dirname(path) };
  } catch (error) {
    throw new CliError(`Cannot read ${file}: ${describeSystemError(error)}.`, { cause: error });
  }
}
