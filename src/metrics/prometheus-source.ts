import { z } from 'zod';
import { HostReadings } from './host-readings.js';
import { joinReadings } from './join-readings.js';
import type { LoadTable, SampleFault, SampleKey, SampleSource } from './load-table.js';
import { PrometheusMemory } from './prometheus-memory.js';
import { prometheusQuery } from './prometheus-query.js';
import { seriesSchema, takeSeries, withoutRate, type PrometheusSeries } from './prometheus-series.js';
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

/** Ten of each of 10,000 hosts. */
const MAX_SERIES = 100_000;
/** Looked at in one go, so that no request waits for a large answer. */
const SERIES_A_TURN = 2_000;

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
  readonly #memory = new PrometheusMemory();

  constructor(deps: PrometheusSourceDeps) {
    const { url, token } = deps;
    this.#deps = deps;
    this.#http = new SourceHttp({
      url,
      engine: 'Prometheus',
      authorization: token === undefined ? undefined : `Bearer ${token}`,
      secrets: [token ?? ''],
    });
  }

  async read(keys: readonly SampleKey[], signal: AbortSignal): Promise<LoadTable> {
    const now = this.#deps.now();
    const isWhole = this.#memory.isDue(now);
    const query = prometheusQuery(this.#deps.windowMs, isWhole);
    const answer = await this.#http.send(
      {
        method: 'POST',
        path: '/api/v1/query',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ query }).toString(),
      },
      signal,
    );
    if (answer.status !== 200) throw this.#refusal(answer);
    const { data } = readJson(answer, vectorSchema, this.#http);
    return this.#join(data.result, keys, now, isWhole);
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

  async #join(
    result: readonly unknown[],
    keys: readonly SampleKey[],
    now: number,
    isWhole: boolean,
  ): Promise<LoadTable> {
    const { windowMs, maxAgeMs } = this.#deps;
    if (result.length > MAX_SERIES) {
      const words = `${this.#http.where} answered with ${result.length} series`;
      throw new SourceError('too-large', `${words}: many more hosts than the pool has servers are scraped`);
    }
    const answered: PrometheusSeries[] = [];
    let unreadable = 0;
    for (const [index, given] of result.entries()) {
      if (index % SERIES_A_TURN === SERIES_A_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
      const series = seriesSchema.safeParse(given);
      if (series.success) answered.push(series.data);
      else unreadable += 1;
    }
    const readings = new HostReadings(now);
    for (const tags of withoutRate(answered)) readings.tooFew(tags);
    for (const series of this.#memory.completed(answered, now, isWhole)) takeSeries(series, readings);
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
