import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pollUntil } from './poll-until.js';

const KEPT_CHARACTERS = 64_000;
const TOLD_LINES = 20;
const START_TIMEOUT_MS = 120_000;
const PAUSE_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 15_000;

export interface EngineProcessOptions {
  /** For error messages. */
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Added to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** One run of an engine as a child; it ends with the test process at the latest, however that ends. */
export class EngineProcess {
  /** Resolves with the exit code or the signal, when all it printed was read. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #name: string;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  #output = '';
  #hasEnded = false;

  constructor({ name, path, args, cwd, env }: EngineProcessOptions) {
    this.#name = name;
    // The kernel kills it with us, even if we are killed; it keeps the process id.
    const wrapped = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', path] : [path];
    const [command = path, ...before] = wrapped;
    this.#child = spawn(command, [...before, ...args], {
      cwd,
      env: { ...inherited(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_CHARACTERS);
      });
      if (stream instanceof Socket) stream.unref();
    }
    // One that a failed test left behind must not keep the test run from ending.
    this.#child.unref();
    const killAtExit = (): void => {
      process.stderr.write(`${name} was not stopped by the test that started it\n`);
      this.#child.kill('SIGKILL');
    };
    process.once('exit', killAtExit);
    this.ended = new Promise((resolve) => {
      const end = (how: number | NodeJS.Signals): void => {
        this.#hasEnded = true;
        process.removeListener('exit', killAtExit);
        resolve(how);
      };
      this.#child.once('error', (error) => {
        this.#output += `${error.message}\n`;
        end(-1);
      });
      this.#child.once('close', (code, signal) => {
        end(signal ?? code ?? -1);
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#name} was never started`);
    return this.#child.pid;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The last 64,000 characters it printed, both streams. */
  get output(): string {
    return this.#output;
  }

  /** Resolves once `isReady` says so. Throws with its last lines when it ends before, or takes more than two minutes. */
  async ready(isReady: () => Promise<boolean>): Promise<void> {
    const died = await pollUntil(
      async () => {
        if (this.#hasEnded) return true;
        return (await isReady()) ? false : undefined;
      },
      { what: `answer from ${this.#name}`, timeoutMs: START_TIMEOUT_MS, context: () => this.#lastLines() },
    );
    if (died)
      throw new Error(`${this.#name} ended at its start (${await this.ended}):\n${this.#lastLines()}`);
  }

  /** Ends it in order, and by force after 15 s; nothing happens when it has ended. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.ref();
    this.#child.kill('SIGTERM');
    // One that is paused would not hear of it.
    this.resume();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends it at once, as a power cut would. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.ref();
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** Lets it hang: it accepts connections and answers nothing, until `resume`. Resolves once all of it stands still. */
  async pause(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill('SIGSTOP');
    await pollUntil(async () => ((await standsStill(this.pid)) ? true : undefined), {
      what: `standstill of ${this.#name}`,
      timeoutMs: PAUSE_TIMEOUT_MS,
    });
  }

  resume(): void {
    if (!this.#hasEnded) this.#child.kill('SIGCONT');
  }

  #lastLines(): string {
    return this.#output.trimEnd().split('\n').slice(-TOLD_LINES).join('\n');
  }
}

/** The environment without what would change an engine behind our back. */
function inherited(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(INFLUX|TELEGRAF|BALLAST|NODE_OPTIONS)/.test(name)),
  );
}

/** Whether every thread is stopped: the signal returns before they are. */
async function standsStill(pid: number): Promise<boolean> {
  const tasks = `/proc/${pid}/task`;
  const states = (await readdir(tasks)).map(async (task) => {
    const stat = await readFile(`${tasks}/${task}/stat`, 'utf8');
    // The name in brackets may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
  });
  return (await Promise.all(states)).every((state) => state === 'T');
}
