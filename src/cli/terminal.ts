import { styleText } from 'node:util';

/** What a command may touch of its process; tests hand in their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Answers of a command, as text with its line ends. */
  out(text: string): void;
  /** Warnings and errors. */
  err(text: string): void;
  /** Colours are wanted: a terminal, and nobody said NO_COLOR. */
  readonly isColoured: boolean;
  readStdin(): Promise<string>;
  /** Calls back at each SIGINT and SIGTERM; returns a function that stops listening. */
  onStopSignal(listener: () => void): () => void;
}

/** Colours of states and headings; the meaning, not the shade. */
export type Tone = 'good' | 'warning' | 'bad' | 'faint' | 'heading';

const STYLES = { good: 'green', warning: 'yellow', bad: 'red', faint: 'dim', heading: 'bold' } as const;

/** The text in its colour, or as it is where colours are not wanted. */
export function paint(terminal: Pick<Terminal, 'isColoured'>, tone: Tone | undefined, text: string): string {
  if (tone === undefined || !terminal.isColoured) return text;
  return styleText(STYLES[tone], text, { validateStream: false });
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  const isPlain = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  return {
    env,
    cwd: process.cwd(),
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isColoured: stdout.isTTY && !isPlain,
    readStdin: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString('utf8');
    },
    onStopSignal: (listener) => {
      process.on('SIGINT', listener).on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener).off('SIGTERM', listener);
      };
    },
  };
}
