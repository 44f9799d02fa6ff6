import { z } from 'zod';
import { tagOf, type HostTags } from './host-reading.js';
import type { HostReadings } from './host-readings.js';
import { PART, type PrometheusPart } from './prometheus-query.js';

/** One series of the answer to an instant query: its labels, and time in s with a number as text. */
export const seriesSchema = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.tuple([z.number(), z.string()]),
});

export type PrometheusSeries = z.infer<typeof seriesSchema>;

/** Whose it is: `server` as a label of the target, `host` its instance without the port. */
export function ownerOf({ metric }: PrometheusSeries): HostTags {
  return {
    server: tagOf(metric.server),
    host: hostOf(metric.instance),
    via: metric.job === undefined ? undefined : `job=${metric.job}`,
  };
}

/** Tells targets apart: what is asked for is one series of each. */
export function targetOf({ metric: { job = '', instance = '', server = '' } }: PrometheusSeries): string {
  return [job, instance, server].join('\n');
}

/** Adds what a series says to the readings of its host. */
export function takeSeries(series: PrometheusSeries, readings: HostReadings): void {
  const tags = ownerOf(series);
  if (tags.server === undefined && tags.host === undefined) return;
  // An empty text would be 0, and unknown is never zero.
  const number = series.value[1].trim() === '' ? Number.NaN : Number(series.value[1]);
  // Of parts that are times, which come in seconds.
  const ms = Math.round(number * 1000);
  const part = series.metric[PART];
  switch (part) {
    case 'cpu':
    case 'memory':
    case 'network':
    case 'cpuCount':
    case 'networkMbit':
      readings.value(tags, part, number);
      break;
    case 'cpuAt':
      readings.seen(tags, 'cpu', ms);
      break;
    case 'memoryAt':
      readings.seen(tags, 'memory', ms);
      break;
    case 'networkAt':
      readings.seen(tags, 'network', ms);
      break;
    case 'lastAt':
      for (const quantity of ['cpu', 'memory', 'network'] as const) readings.seen(tags, quantity, ms);
      break;
    case 'ahead':
      // Its samples carry the time of the scrape and count; that the clock is wrong is worth a word.
      if (Number.isFinite(ms)) readings.ahead(tags, ms);
      break;
  }
}

/** Hosts of an answer that are scraped, and have no CPU all the same: a rate needs two samples within the window. */
export function withoutRate(answer: readonly PrometheusSeries[]): readonly HostTags[] {
  const of = (part: PrometheusPart): readonly PrometheusSeries[] =>
    answer.filter(({ metric }) => metric[PART] === part);
  const rated = new Set(of('cpu').map(targetOf));
  return of('cpuAt')
    .filter((series) => !rated.has(targetOf(series)))
    .map(ownerOf)
    .filter(({ server, host }) => server !== undefined || host !== undefined);
}

/** `10.0.0.1:9100` → `10.0.0.1`, `[::1]:9100` → `[::1]` as in a URL, a bare name as it is. */
function hostOf(instance: string | undefined): string | undefined {
  return tagOf(instance?.replace(/:\d+$/, ''));
}
