import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineNamed } from '../install/engines.js';
import type { EngineName } from '../install/engine.js';
import { findEngine, type FoundEngine } from '../install/find-engine.js';
import { EngineProcess } from './engine-process.js';
import { freeLoopbackPort } from './loopback-port.js';

const PROBE_TIMEOUT_MS = 2_000;
const PORT_ATTEMPTS = 3;

/** An engine that listens on a loopback port and keeps its data in a temporary folder. */
export interface EngineServer {
  /** `http://127.0.0.1:<port>`, the same after a restart. */
  readonly url: string;
  readonly port: number;
  readonly version: string;
  /** Where its data lies; gone after `stop`. */
  readonly folder: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** What it has printed of late. */
  readonly output: string;
  /** Ends it at once and keeps its data, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the same data, after ending it in order if it still runs. */
  restart(): Promise<void>;
  /** Once resolved it keeps its connections and answers nothing until `resume`. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface EngineServerOptions {
  readonly engine: EngineName;
  /** Its command line, once folder and port are known; may write files into the folder. */
  readonly prepare: (place: { readonly folder: string; readonly port: number }) => Promise<readonly string[]>;
  /** A path that answers 200 or 204 once it is ready. */
  readonly readyPath: string;
}

/** The engine of that name, found as `npm run engines` left it. Throws with what to do when there is none. */
export async function requireEngine(name: EngineName): Promise<FoundEngine> {
  const engine = engineNamed(name);
  const found = await findEngine(engine, process.env);
  if (found !== undefined) return found;
  throw new Error(
    `${name} ${engine.version} is not here: npm run engines, or name one by ${engine.variable}`,
  );
}

/** Starts an engine and resolves once it answers. */
export async function startEngineServer(options: EngineServerOptions): Promise<EngineServer> {
  const found = await requireEngine(options.engine);
  for (let attempt = 1; ; attempt += 1) {
    const server = new RunningEngine(options, found, await freeLoopbackPort());
    try {
      await server.start();
      return server;
    } catch (error) {
      await server.stop();
      // Another test may have taken the port in between.
      if (attempt === PORT_ATTEMPTS || !String(error).includes('address already in use')) throw error;
    }
  }
}

class RunningEngine implements EngineServer {
  readonly url: string;
  readonly port: number;
  readonly version: string;
  readonly #options: EngineServerOptions;
  readonly #path: string;
  #folder: string | undefined;
  #args: readonly string[] = [];
  #process: EngineProcess | undefined;

  constructor(options: EngineServerOptions, found: FoundEngine, port: number) {
    this.#options = options;
    this.#path = found.path;
    this.version = found.version;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  get folder(): string {
    if (this.#folder === undefined) throw new Error(`${this.#options.engine} is not running`);
    return this.#folder;
  }

  get pid(): number {
    return this.#running.pid;
  }

  get output(): string {
    return this.#process?.output ?? '';
  }

  async start(): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), `ballast-${this.#options.engine}-`));
    this.#args = await this.#options.prepare({ folder: this.#folder, port: this.port });
    await this.#run();
  }

  async kill(): Promise<void> {
    await this.#running.kill();
  }

  async restart(): Promise<void> {
    await this.#running.stop();
    await this.#run();
  }

  async pause(): Promise<void> {
    await this.#running.pause();
  }

  resume(): void {
    this.#running.resume();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  get #running(): EngineProcess {
    if (this.#process === undefined) throw new Error(`${this.#options.engine} is not running`);
    return this.#process;
  }

  async #run(): Promise<void> {
    const { engine, readyPath } = this.#options;
    this.#process = new EngineProcess({ name: engine, path: this.#path, args: this.#args, cwd: this.folder });
    await this.#process.ready(async () => {
      const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
      const response = await fetch(`${this.url}${readyPath}`, { signal });
      await response.arrayBuffer();
      return response.status === 200 || response.status === 204;
    });
  }
}
