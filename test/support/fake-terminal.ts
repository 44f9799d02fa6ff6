import type { Programs, RunningApp } from '../../src/cli/programs.js';
import { runCli } from '../../src/cli/run-cli.js';
import type { Terminal } from '../../src/cli/terminal.js';

/** A terminal that keeps what was printed, and sends signals when told. */
export class FakeTerminal implements Terminal {
  readonly env: Record<string, string>;
  readonly isColoured: boolean;
  stdin = '';
  printed = '';
  complained = '';
  readonly #listeners = new Set<() => void>();

  constructor(
    readonly cwd: string,
    { env = {}, isColoured = false }: { env?: Record<string, string>; isColoured?: boolean } = {},
  ) {
    this.env = env;
    this.isColoured = isColoured;
  }

  out(text: string): void {
    this.printed += text;
  }

  err(text: string): void {
    this.complained += text;
  }

  readStdin(): Promise<string> {
    return Promise.resolve(this.stdin);
  }

  onStopSignal(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** How many listen for signals. */
  get listeners(): number {
    return this.#listeners.size;
  }

  signal(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Runs a command line here; what it prints is kept afresh. */
  async run(argv: readonly string[], programs: Partial<Programs> = {}): Promise<number> {
    this.printed = '';
    this.complained = '';
    return runCli(argv, { terminal: this, programs: { ...NO_PROGRAMS, ...programs } });
  }
}

const unexpected = (): Promise<never> => Promise.reject(new Error('this program was not to be started'));

const NO_PROGRAMS: Programs = {
  startApp: unexpected,
  runDemo: unexpected,
  runSimServers: unexpected,
  runSimTraffic: unexpected,
  runDoctor: unexpected,
  loadSimulator: unexpected,
  readRecordedDay: unexpected,
};

/** An app that does nothing but stop when `stopped` resolves. */
export function fakeApp(stopped: Promise<void> = Promise.resolve()): RunningApp {
  return { url: 'http://127.0.0.1:1234', adminUrl: 'http://127.0.0.1:1235', stop: () => stopped };
}
