import { z } from 'zod';
import { tagOf, type HostTags } from './host-reading.js';
import { HostReadings } from './host-readings.js';
import { joinReadings } from './join-readings.js';
import type { LoadTable, SampleFault, SampleKey, SampleSource } from './load-table.js';
import { PART, prometheusQuery } from './prometheus-query.js';
import { denialWords, isDenied, readJson } from './source-answers.js';
import { SourceError } from './source-error.js';
import { type SourceAnswer, SourceHttp } from './source-http.js';

export interface PrometheusSourceDeps {
  readonly url: string;
  readonly token: string | undefined;
  readonly windowMs: number;
  readonly maxAgeMs: number;
  /** ms since 1970. */
  readonly now: () => number;
}

const seriesSchema = z.object({
  metric: z.record(z.string(), z.string()),
  value: z.tuple([z.number(), z.string()]),
});

const vectorSchema = z.object({
  status: z.literal('success'),
  data: z.object({ resultType: z.literal('vector'), result: z.array(z.unknown()) }),
});

const failureSchema = z
  .object({ error: z.string().optional(), message: z.string().optional() })
  .transform(({ error, message }) => error ?? message ?? '');

/** VictoriaMetrics tells no version. */
const buildSchema = z.object({ data: z.object({ version: z.string().optional() }) });

/** Prometheus, Mimir, VictoriaMetrics with node_exporter's metrics: one PromQL query a refresh. */
export class PrometheusSource implements SampleSource {
  readonly name = 'prometheus';
  readonly #deps: PrometheusSourceDeps;
  readonly #http: SourceHttp;
  readonly #query: string;

  constructor(deps: PrometheusSourceDeps) {
    const { url, token } = deps;
    this.#deps = deps;
    this.#query = prometheusQuery(deps.windowMs);
    this.#http = new SourceHttp({
      url,
      engine: 'Prometheus',
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      secrets: [token ?? ''],
    });
  }

  async read(keys: readonly SampleKey[], signal: AbortSignal): Promise<LoadTable> {
    const answer = await this.#http.send(
      {
        method: 'POST',
        path: '/api/v1/query',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ query: this.#query }).toString(),
      },
      signal,
    );
    if (answer.status !== 200) throw this.#refusal(answer);
    const { data } = readJson(answer, vectorSchema, this.#http);
    return this.#join(data.result, keys);
  }

  async version(signal: AbortSignal): Promise<string> {
    const answer = await this.#http.send({ method: 'GET', path: '/api/v1/status/buildinfo' }, signal);
    if (answer.status !== 200) throw this.#refusal(answer);
    const { data } = readJson(answer, buildSchema, this.#http);
    return `Prometheus ${data.version ?? 'without a version'}`;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  #join(result: readonly unknown[], keys: readonly SampleKey[]): LoadTable {
    const { windowMs, maxAgeMs } = this.#deps;
    const now = this.#deps.now();
    const readings = new HostReadings(now);
    let unreadable = 0;
    for (const given of result) {
      const series = seriesSchema.safeParse(given);
      if (series.success) take(series.data, readings, now);
      else unreadable += 1;
    }
    const faults: SampleFault[] =
      unreadable === 0
        ? []
        : [
            {
              serverId: undefined,
              kind: 'unreadable',
              message: `${unreadable} series of the answer left out`,
            },
          ];
    return joinReadings(readings.list(), keys, { now, windowMs, maxAgeMs }, faults);
  }

  #refusal(answer: SourceAnswer): SourceError {
    const { where } = this.#http;
    if (isDenied(answer)) {
      const words = denialWords(answer, failureSchema, this.#http);
      const what =
        this.#deps.token === undefined
          ? 'calls without a token (metrics.prometheus.token)'
          : 'the token (metrics.prometheus.token)';
      return new SourceError('wrong-token', `${where} refuses ${what}: ${words}`);
    }
    const words = this.#http.quote(readJson(answer, failureSchema, this.#http));
    return new SourceError('refused', `${where} answered ${answer.status}: ${words}`);
  }
}

function take({ metric, value }: z.infer<typeof seriesSchema>, readings: HostReadings, now: number): void {
  const tags: HostTags = {
    server: tagOf(metric.server),
    host: hostOf(metric.instance),
    via: metric.job === undefined ? undefined : `job=${metric.job}`,
  };
  if (tags.server === undefined && tags.host === undefined) return;
  const number = Number(value[1]);
  // Of parts that are times, which come in seconds.
  const ms = Math.round(number * 1000);
  const part = metric[PART];
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
      for (const quantity of ['cpu', 'memory', 'network'] as const) {
        readings.seen(tags, quantity, ms);
      }
      break;
    case 'ahead':
      // Its samples carry the time of the scrape and count; that the clock is wrong is worth a word.
      readings.seen(tags, 'cpu', now + ms);
      break;
  }
}

/** `10.0.0.1:9100` → `10.0.0.1`, `[::1]:9100` → `[::1]` as in a URL, a bare name as it is. */
function hostOf(instance: string | undefined): string | undefined {
  return tagOf(instance?.replace(/:\d+$/, ''));
}
