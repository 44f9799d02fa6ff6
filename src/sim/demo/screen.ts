import type { Note } from './admin-watch.js';
import type { Canvas } from './draw.js';

/** Where the demo is shown. */
export interface ScreenOptions {
  /** Shows the picture all the time; otherwise only notes as they come, and the picture at the end. */
  readonly isLive: boolean;
  readonly stream: NodeJS.WriteStream;
}

const REDRAW_MS = 500;
const PLAIN_REDRAW_MS = 5_000;

/** Draws in place on a terminal, and one picture after the other elsewhere. */
export class Screen implements Canvas {
  readonly #options: ScreenOptions;
  readonly #isTerminal: boolean;
  #drawnAt = 0;
  #drawnLines = 0;
  #lastNote: Note | undefined;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.#isTerminal = options.stream.isTTY;
  }

  get isColoured(): boolean {
    return this.#isTerminal && this.#options.stream.hasColors();
  }

  get columns(): number | undefined {
    // Some pseudo-terminals say 0.
    return this.#isTerminal ? this.#options.stream.columns || undefined : undefined;
  }

  /** Text that stays. */
  print(text: string): void {
    this.#options.stream.write(text);
    this.#drawnLines = 0;
  }

  /** Shows the picture if it is time, or the notes that are new. */
  show(draw: () => readonly string[], notes: readonly Note[]): void {
    if (!this.#options.isLive) {
      const from = this.#lastNote === undefined ? 0 : notes.indexOf(this.#lastNote) + 1;
      for (const note of notes.slice(from)) this.print(`${note.text}\n`);
      this.#lastNote = notes.at(-1);
      return;
    }
    const now = Date.now();
    if (now - this.#drawnAt < (this.#isTerminal ? REDRAW_MS : PLAIN_REDRAW_MS)) return;
    this.#drawnAt = now;
    this.finish(draw());
  }

  /** Shows the picture at once. */
  finish(lines: readonly string[]): void {
    // Up to where the last picture began, then clear from there: what was printed above stays readable.
    const back = this.#isTerminal && this.#drawnLines > 0 ? `\x1b[${this.#drawnLines}A\r\x1b[J` : '\n';
    this.#options.stream.write(`${back}${lines.join('\n')}\n`);
    this.#drawnLines = lines.length;
  }
}
