import { parseLine, type Point, type WantsPoint } from './parse-line.js';
import type { Precision } from './timestamp.js';

/** A line that could not be read; lines count from 1. */
export interface LineFault {
  readonly line: number;
  readonly message: string;
}

export interface LineProtocolOptions {
  readonly wants: WantsPoint;
  readonly onPoint: (point: Point) => void;
  readonly onFault: (fault: LineFault) => void;
  /** The unit of its times; nanoseconds unless given, as InfluxDB has it. */
  readonly precision?: Precision;
  /** A longer line is a fault and is not held in memory. */
  readonly maxLineBytes?: number;
}

const NEWLINE = 10;

/** A string value may hold line breaks; one that is still open after so many lines is a fault. */
const MAX_LINES_OF_A_POINT = 8;

/**
 * Reads InfluxDB line protocol as it arrives, in pieces cut anywhere. A faulty line is reported and costs nothing but
 * itself: an unclosed quote does not swallow the lines after it. Never throws; holds at most one point.
 */
export class LineProtocolReader {
  readonly #options: LineProtocolOptions;
  readonly #maxLineBytes: number;
  readonly #precision: Precision;
  #rest: Buffer | undefined;
  #isSkipping = false;
  #linesRead = 0;
  #held: string[] = [];

  constructor(options: LineProtocolOptions) {
    this.#options = options;
    this.#maxLineBytes = options.maxLineBytes ?? 64 * 1024;
    this.#precision = options.precision ?? 'ns';
  }

  /** Lines that were read so far, faulty ones and those of no use among them. */
  get linesRead(): number {
    return this.#linesRead;
  }

  /** Takes the next bytes; what follows the last line break is kept for the next call. */
  push(chunk: Buffer): void {
    const bytes = this.#rest === undefined ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = undefined;
    let from = 0;
    for (let to = bytes.indexOf(NEWLINE); to !== -1; to = bytes.indexOf(NEWLINE, from)) {
      this.#line(bytes, from, to);
      from = to + 1;
    }
    if (from === bytes.length || this.#isSkipping) return;
    if (bytes.length - from <= this.#maxLineBytes) {
      // A copy, so that a few bytes do not keep a whole chunk alive.
      this.#rest = Buffer.from(bytes.subarray(from));
      return;
    }
    this.#tooLong();
    this.#isSkipping = true;
  }

  /** The last line needs no line break. */
  end(): void {
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) this.#line(rest, 0, rest.length);
    while (this.#held.length > 0) this.#giveUpHeld();
  }

  #line(bytes: Buffer, from: number, to: number): void {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return;
    }
    if (to - from > this.#maxLineBytes) {
      this.#tooLong();
      return;
    }
    this.#linesRead += 1;
    this.#take(bytes.toString('utf8', from, to), this.#linesRead);
  }

  #tooLong(): void {
    while (this.#held.length > 0) this.#giveUpHeld();
    this.#linesRead += 1;
    this.#options.onFault({ line: this.#linesRead, message: `line longer than ${this.#maxLineBytes} bytes` });
  }

  #take(line: string, number: number): void {
    const isContinued = this.#held.length > 0;
    if (isContinued) this.#held.push(line);
    const text = isContinued ? this.#held.join('\n') : line;
    const parsed = parseLine(text, this.#options.wants, this.#precision);
    if (parsed.kind === 'open') {
      if (!isContinued) this.#held = [line];
      if (this.#held.length < MAX_LINES_OF_A_POINT && text.length <= this.#maxLineBytes) return;
      this.#giveUpHeld(number);
    } else if (parsed.kind === 'fault' && isContinued) {
      this.#giveUpHeld(number);
    } else {
      this.#held = [];
      if (parsed.kind === 'point') this.#options.onPoint(parsed.point);
      else if (parsed.kind === 'fault') this.#options.onFault({ line: number, message: parsed.message });
    }
  }

  /** The quote opened on the first held line was never meant to reach this far: the others are read for themselves. */
  #giveUpHeld(lastNumber = this.#linesRead): void {
    const [, ...others] = this.#held;
    this.#held = [];
    const first = lastNumber - others.length;
    this.#options.onFault({ line: first, message: 'unbalanced quotes' });
    for (const [index, line] of others.entries()) this.#take(line, first + 1 + index);
  }
}
