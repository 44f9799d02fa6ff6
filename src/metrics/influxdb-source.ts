import { z } from 'zod';
import { fluxQuery } from './flux-query.js';
import { readFluxAnswer } from './flux-answer.js';
import type { LoadTable, SampleKey, SampleSource } from './load-table.js';
import { SourceError } from './source-error.js';
import { type SourceAnswer, SourceHttp } from './source-http.js';
import { denialWords, isDenied, readJson, requireType } from './source-answers.js';
import { TelegrafTable, type TelegrafAnswer, type TelegrafPlan } from './telegraf-table.js';

export interface InfluxdbSourceDeps {
  readonly url: string;
  readonly token: string;
  readonly org: string;
  readonly bucket: string;
  readonly windowMs: number;
  readonly maxAgeMs: number;
  /** ms since 1970. */
  readonly now: () => number;
  /** Of one answer; where it is too small the source asks for less. */
  readonly maxBytes?: number | undefined;
}

const failureSchema = z.object({ message: z.string() }).transform(({ message }) => message);
const healthSchema = z.object({ version: z.string() });

/** InfluxDB 2 (OSS and Cloud): Telegraf's samples by one Flux query a refresh. */
export class InfluxdbSource implements SampleSource {
  readonly name = 'influxdb';
  readonly #deps: InfluxdbSourceDeps;
  readonly #http: SourceHttp;
  readonly #table: TelegrafTable;

  constructor(deps: InfluxdbSourceDeps) {
    const { url, token } = deps;
    this.#deps = deps;
    this.#http = new SourceHttp({
      url,
      maxBytes: deps.maxBytes,
      engine: 'InfluxDB',
      authorization: `Token ${token}`,
      secrets: [token],
    });
    this.#table = new TelegrafTable(deps);
  }

  read(keys: readonly SampleKey[], signal: AbortSignal): Promise<LoadTable> {
    return this.#table.read(keys, this.#deps.now(), (plan) => this.#ask(plan, signal));
  }

  async version(signal: AbortSignal): Promise<string> {
    const answer = await this.#http.send({ method: 'GET', path: '/health' }, signal);
    const { version } = readJson(answer, healthSchema, this.#http);
    return `InfluxDB ${version}`;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #ask(plan: TelegrafPlan, signal: AbortSignal): Promise<TelegrafAnswer> {
    const { org, bucket } = this.#deps;
    const dialect = { header: true, annotations: ['datatype', 'group', 'default'] };
    const answer = await this.#http.send(
      {
        method: 'POST',
        path: `/api/v2/query?${new URLSearchParams({ org }).toString()}`,
        headers: { 'content-type': 'application/json', accept: 'application/csv' },
        body: JSON.stringify({ type: 'flux', query: fluxQuery(bucket, plan), dialect }),
      },
      signal,
    );
    if (answer.status !== 200) throw this.#refusal(answer);
    requireType(answer, 'CSV', /csv/, this.#http);
    return readFluxAnswer(answer.text, this.#http.where);
  }

  #refusal(answer: SourceAnswer): SourceError {
    const { org, bucket } = this.#deps;
    const { where } = this.#http;
    if (isDenied(answer)) {
      const words = denialWords(answer, failureSchema, this.#http);
      return new SourceError('wrong-token', `${where} refuses the token (metrics.influxdb.token): ${words}`);
    }
    const message = readJson(answer, failureSchema, this.#http);
    const words = this.#http.quote(message);
    if (/organization/i.test(message)) {
      const name = this.#http.quote(org);
      return new SourceError(
        'wrong-org',
        `${where} has no organisation ${name} (metrics.influxdb.org): ${words}`,
      );
    }
    if (/bucket/i.test(message)) {
      const name = this.#http.quote(bucket);
      return new SourceError(
        'wrong-bucket',
        `${where} has no bucket ${name} that the token may read (metrics.influxdb.bucket): ${words}`,
      );
    }
    return new SourceError('refused', `${where} answered ${answer.status}: ${words}`);
  }
}
