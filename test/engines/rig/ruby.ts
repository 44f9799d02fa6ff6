import { tmpdir } from 'node:os';
import { EngineProcess } from './engine-process.js';
import { requireEngine } from './engine-server.js';

/** How a Ruby program ended, and all it printed. */
export interface RubyRun {
  readonly code: number | NodeJS.Signals;
  readonly output: string;
}

/** Runs a Ruby program to its end. */
export async function runRuby(args: readonly string[]): Promise<RubyRun> {
  const { path } = await requireEngine('ruby');
  const ruby = new EngineProcess({ name: 'ruby', path, args, cwd: tmpdir() });
  const code = await ruby.ended;
  return { code, output: ruby.output };
}
