import { EngineProcess } from '../rig/engine-process.js';

const PROBE_TIMEOUT_MS = 2_000;

/** How a service of docker-compose.yml runs here. */
export interface Launch {
  readonly path: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A URL that answers 2xx, or words it prints, once it is ready. */
  readonly ready: { readonly url: string } | { readonly words: string };
  /** Done once, after its first start. */
  readonly setUp?: (() => Promise<void>) | undefined;
}

/** A service as a process of this machine; it can be killed and started again with the same data. */
export class NativeService {
  readonly name: string;
  readonly #launch: Launch;
  #process: EngineProcess | undefined;
  #isSetUp = false;

  constructor(name: string, launch: Launch) {
    this.name = name;
    this.#launch = launch;
  }

  /** What it has printed of late. */
  get output(): string {
    return this.#process?.output ?? '';
  }

  get isRunning(): boolean {
    return this.#process !== undefined && !this.#process.hasEnded;
  }

  /** Starts it and resolves once it is ready. Throws with its last lines when it does not get there. */
  async start(): Promise<void> {
    const { path, args, cwd, env, ready, setUp } = this.#launch;
    if (this.isRunning) return;
    const child = new EngineProcess({ name: this.name, path, args, cwd, env });
    this.#process = child;
    await child.ready(async () => ('url' in ready ? answers(ready.url) : child.output.includes(ready.words)));
    if (!this.#isSetUp) await setUp?.();
    this.#isSetUp = true;
  }

  /** Ends it at once, as a crash does. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  await response.arrayBuffer();
  return response.ok;
}
