const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Grafana's table of even steps: from the first figure on, up to the next one's, the second is taken; ms. */
const EVEN: readonly (readonly [below: number, step: number])[] = [
  [10, 1],
  [15, 10],
  [35, 20],
  [75, 50],
  [150, 100],
  [350, 200],
  [750, 500],
  [1_500, SECOND],
  [3_500, 2 * SECOND],
  [7_500, 5 * SECOND],
  [12_500, 10 * SECOND],
  [17_500, 15 * SECOND],
  [25_000, 20 * SECOND],
  [45_000, 30 * SECOND],
  [90_000, MINUTE],
  [210_000, 2 * MINUTE],
  [450_000, 5 * MINUTE],
  [750_000, 10 * MINUTE],
  [1_050_000, 15 * MINUTE],
  [1_500_000, 20 * MINUTE],
  [2_700_000, 30 * MINUTE],
  [5_400_000, HOUR],
  [9_000_000, 2 * HOUR],
  [16_200_000, 3 * HOUR],
  [32_400_000, 6 * HOUR],
  [DAY, 12 * HOUR],
  [7 * DAY, DAY],
  [21 * DAY, 7 * DAY],
  [42 * DAY, 30 * DAY],
];

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** What Grafana knows when it asks for one panel; times in ms since 1970, lengths in ms. */
export interface PanelWindow {
  readonly from: number;
  readonly to: number;
  readonly maxDataPoints: number;
  /** The data source's scrape interval. */
  readonly scrapeMs: number;
  /** The panel's or the query's own minimum, as written, e.g. `10s`. */
  readonly minInterval?: string | undefined;
}

/** What it makes of it; `start` and `end` are floored to the step. */
export interface Steps {
  readonly stepMs: number;
  readonly rateIntervalMs: number;
  readonly start: number;
  readonly end: number;
}

/** The even step next to `ms`, as `rangeUtil.roundInterval` of @grafana/data has it. */
export function roundInterval(ms: number): number {
  return EVEN.find(([below]) => ms < below)?.[1] ?? 365 * DAY;
}

/**
 * Grafana's rules for a range query: the step is range / points, made even, and never under the minimum;
 * `$__rate_interval` is max(step + scrape, 4 × scrape), where a query's own minimum stands for the scrape interval.
 */
export function stepsOf({ from, to, maxDataPoints, scrapeMs, minInterval }: PanelWindow): Steps {
  const minimum = minInterval === undefined ? scrapeMs : parseInterval(minInterval);
  const stepMs = Math.max(roundInterval((to - from) / maxDataPoints), minimum);
  return {
    stepMs,
    rateIntervalMs: Math.max(stepMs + minimum, 4 * minimum),
    start: Math.floor(from / stepMs) * stepMs,
    end: Math.floor(to / stepMs) * stepMs,
  };
}

/** `15s` as ms. Throws when it is none of Grafana's units. */
export function parseInterval(text: string): number {
  const [, count, unit = ''] = /^>?\s*(\d+)(ms|[smhd])$/.exec(text) ?? [];
  const unitMs = UNITS[unit];
  if (count === undefined || unitMs === undefined) throw new Error(`"${text}" is no interval of Grafana`);
  return Number(count) * unitMs;
}

/** ms as PromQL and Flux write it. */
export function writeInterval(ms: number): string {
  return ms % SECOND === 0 ? `${ms / SECOND}s` : `${ms}ms`;
}
