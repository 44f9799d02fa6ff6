import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
/** tsx itself runs this file, and leaves it no import.meta.resolve. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const SOURCE = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Waits longer than any of them should need on a busy machine; what may take how long, the tests say. */
const START_TIMEOUT_MS = 30_000;

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** How long it ran, ms. */
  readonly ranMs: number;
}

export interface ProcessOptions {
  /** The command line behind `ballast`. */
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | undefined;
  /** Runs the sources as they are instead of what was built of them last. */
  readonly isFromSource?: boolean | undefined;
}

/** One run of the built `dist/main.js` (or of the sources), as a user starts it; everything it prints is kept. */
export class BallastProcess {
  readonly argv: readonly string[];
  /** Resolves when it has ended and all it printed was read. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #listeners = new Set<() => void>();
  #stdout = '';
  #stderr = '';
  #hasEnded = false;

  constructor({ argv, cwd, env = {}, stdin, isFromSource = false }: ProcessOptions) {
    this.argv = argv;
    const startedAt = Date.now();
    const program = isFromSource ? ['--import', TSX, SOURCE] : [MAIN];
    this.#child = spawn(process.execPath, [...program, ...argv], {
      cwd,
      env: { ...inherited(), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // It may end without reading what it was given.
    this.#child.stdin.on('error', () => undefined);
    this.#child.stdin.end(stdin ?? '');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#tell();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#tell();
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        this.#hasEnded = true;
        this.#tell();
        resolve({ code, signal, ranMs: Date.now() - startedAt });
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process was never started');
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Both, as a log collector would keep them. */
  get output(): string {
    return this.#stdout + this.#stderr;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Log lines (JSON format) with that message. */
  logged(message: string): readonly Readonly<Record<string, unknown>>[] {
    return this.#stdout
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.message === message);
  }

  /** Where it listens, from the line that says so. Throws with its output when it ends before. */
  async listening(): Promise<{ readonly url: string; readonly adminUrl: string }> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const line = this.logged('listening')[0];
      if (line !== undefined) return { url: String(line.url), adminUrl: String(line.adminUrl) };
      if (this.#hasEnded || Date.now() > deadline) {
        throw new Error(`ballast ${this.argv.join(' ')} does not listen: ${this.output}`);
      }
      await this.#news(deadline);
    }
  }

  /** Sends a signal to this process alone. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProcessEnd> {
    if (!this.#hasEnded) this.signal(signal);
    return this.ended;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Resolves when it prints or ends, and at the deadline. */
  async #news(deadline: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(done, Math.max(0, deadline - Date.now()));
      const listeners = this.#listeners;
      function done(): void {
        clearTimeout(timer);
        listeners.delete(done);
        resolve();
      }
      listeners.add(done);
    });
  }
}

/** The environment without settings of whoever runs the tests. */
function inherited(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('BALLAST_') && name !== 'NODE_OPTIONS'),
  );
}
