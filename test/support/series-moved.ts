import { request } from 'undici';
import type { App } from '../../src/app.js';

/** Value by series, as `/metrics` prints it without the prefix `ballast_`: `placements_total{server="bbb1",reason="spare"}`. */
export type SeriesValues = ReadonlyMap<string, number>;

/** Scrapes `/metrics` of a running Ballast. */
export async function scrape({ adminUrl }: Pick<App, 'adminUrl'>): Promise<SeriesValues> {
  const { statusCode, body } = await request(`${adminUrl}/metrics`);
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`/metrics answered ${statusCode}: ${text}`);
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^ballast_(\S+?(?:\{.*\})?) (\S+)$/.exec(line);
    if (match?.[1] !== undefined) values.set(match[1], Number(match[2]));
  }
  return values;
}

/** By how much each series of these metrics has grown; what stands still is left out. */
export function seriesMoved(
  before: SeriesValues,
  after: SeriesValues,
  names: readonly string[],
): Readonly<Record<string, number>> {
  const wanted = new Set(names);
  const moved: Record<string, number> = {};
  for (const [series, value] of after) {
    const by = value - (before.get(series) ?? 0);
    if (by !== 0 && wanted.has(series.split('{', 1)[0] ?? '')) moved[series] = by;
  }
  return moved;
}
