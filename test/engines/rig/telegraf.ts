import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../install/run-command.js';
import { EngineProcess } from './engine-process.js';
import { requireEngine } from './engine-server.js';

const ONCE_TIMEOUT_MS = 60_000;

export interface TelegrafOptions {
  /** Absolute paths of its configuration files; it merges them. */
  readonly configFiles: readonly string[];
  /** What those read from the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Added to its command line. */
  readonly args?: readonly string[];
}

/** A real Telegraf that runs until it is stopped. */
export interface Telegraf {
  readonly version: string;
  readonly pid: number;
  /** What it has printed of late. */
  readonly output: string;
  readonly hasEnded: boolean;
  stop(): Promise<void>;
  kill(): Promise<void>;
  pause(): Promise<void>;
  resume(): void;
}

/** Starts Telegraf and resolves once it has read its configuration. Throws with what it says when it does not start. */
export async function startTelegraf(options: TelegrafOptions): Promise<Telegraf> {
  const { path, version } = await requireEngine('telegraf');
  const folder = await mkdtemp(join(tmpdir(), 'ballast-telegraf-'));
  const agent = new EngineProcess({
    name: 'telegraf',
    path,
    args: commandLine(options),
    cwd: folder,
    env: options.env,
  });
  const end = async (how: 'stop' | 'kill'): Promise<void> => {
    await agent[how]();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // It says so last, after its plugins are set up.
    await agent.ready(async () => agent.output.includes('[agent] Config: Interval:'));
  } catch (error) {
    await end('kill');
    throw error;
  }
  return {
    version,
    get pid() {
      return agent.pid;
    },
    get output() {
      return agent.output;
    },
    get hasEnded() {
      return agent.hasEnded;
    },
    stop: async () => end('stop'),
    kill: async () => end('kill'),
    pause: async () => agent.pause(),
    resume: () => {
      agent.resume();
    },
  };
}

/**
 * Runs Telegraf for one round and gives what it printed: with `--test` the samples as line protocol instead of sending
 * them, with `--once` it sends them. Throws with what it says when it fails.
 */
export async function runTelegrafOnce(mode: '--test' | '--once', options: TelegrafOptions): Promise<string> {
  const { path } = await requireEngine('telegraf');
  const args = [...commandLine(options), mode];
  return runCommand({ command: path, args, env: options.env, timeoutMs: ONCE_TIMEOUT_MS });
}

function commandLine({ configFiles, args = [] }: TelegrafOptions): readonly string[] {
  return [...configFiles.flatMap((file) => ['--config', file]), ...args];
}
