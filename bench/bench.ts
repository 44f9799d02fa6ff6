/** One measured figure and what it has to be. */
export interface Figure {
  /** What was measured, in words. */
  readonly what: string;
  /** The figure with its unit. */
  readonly figure: string;
  readonly goal: string;
  readonly isMet: boolean;
  /** The raw values it comes from. */
  readonly detail: string;
}

/** How long to measure; `quick` shows that a bench works, its figures mean little. */
export interface BenchOptions {
  readonly isQuick: boolean;
}

/** One file a bench: starts what it needs, measures, stops it all. */
export interface Bench {
  readonly name: string;
  run(options: BenchOptions): Promise<readonly Figure[]>;
}
