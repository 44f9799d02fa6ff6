import { z } from 'zod';
import {
  influxqlSchema,
  readInfluxqlResult,
  type InfluxqlResult,
  type InfluxqlRows,
} from './influxql-answer.js';
import { influxqlStatements } from './influxql-statements.js';
import type { LoadTable, SampleKey, SampleSource } from './load-table.js';
import { denialWords, isDenied, readJson } from './source-answers.js';
import { SourceError } from './source-error.js';
import { basic, type SourceAnswer, SourceHttp } from './source-http.js';
import { TelegrafTable, type TelegrafAnswer, type TelegrafPlan } from './telegraf-table.js';

export interface InfluxqlSourceDeps {
  readonly url: string;
  readonly database: string;
  /** For 1.x; with a token they are not used. */
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** For 2 and 3. */
  readonly token?: string | undefined;
  readonly windowMs: number;
  readonly maxAgeMs: number;
  /** ms since 1970. */
  readonly now: () => number;
  /** Of one answer; where it is too small the source asks for less. */
  readonly maxBytes?: number | undefined;
}

/** 1.x says `error`, 2 and 3 say `message`. */
const failureSchema = z
  .object({ error: z.string().optional(), message: z.string().optional() })
  .transform(({ error, message }) => error ?? message ?? '');

/** InfluxDB 1.x, and what answers InfluxQL on `/query` as it does: InfluxDB 2 and 3 through their v1 interface. */
export class InfluxqlSource implements SampleSource {
  readonly name = 'influxql';
  readonly #deps: InfluxqlSourceDeps;
  readonly #http: SourceHttp;
  readonly #table: TelegrafTable;
  /** InfluxDB 3 takes one statement a request. */
  #takesOne = false;

  constructor(deps: InfluxqlSourceDeps) {
    const { url, token, username, password = '' } = deps;
    const user = username === undefined ? undefined : basic(username, password);
    this.#deps = deps;
    this.#http = new SourceHttp({
      url,
      maxBytes: deps.maxBytes,
      engine: 'InfluxDB',
      authorization: token === undefined ? user : `Token ${token}`,
      secrets: [token ?? '', password],
    });
    this.#table = new TelegrafTable(deps);
  }

  read(keys: readonly SampleKey[], signal: AbortSignal): Promise<LoadTable> {
    return this.#table.read(keys, this.#deps.now(), (plan) => this.#ask(plan, signal));
  }

  async version(signal: AbortSignal): Promise<string> {
    const answer = await this.#http.send({ method: 'GET', path: '/ping' }, signal);
    const version = answer.header('x-influxdb-version');
    if (version !== undefined) return `InfluxDB ${version.replace(/^v/, '')}`;
    const message = `${this.#http.where} answered ${answer.status} to /ping without a version: no InfluxDB?`;
    throw new SourceError('bad-answer', message);
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #ask(plan: TelegrafPlan, signal: AbortSignal): Promise<TelegrafAnswer> {
    const { recent, newest, rare } = influxqlStatements(plan);
    const results = await this.#query([...recent, ...newest, ...rare], signal);
    const taken = (part: readonly InfluxqlResult[]): InfluxqlRows => {
      const into: InfluxqlRows = { rows: [], unreadable: 0, first: '' };
      for (const result of part) readInfluxqlResult(result, into);
      return into;
    };
    const now = taken(results.slice(0, recent.length));
    const last = taken(results.slice(recent.length, recent.length + newest.length));
    const then = taken(results.slice(recent.length + newest.length));
    const unreadable = {
      count: now.unreadable + last.unreadable + then.unreadable,
      first: now.first || last.first || then.first,
    };
    return { recent: now.rows, newest: last.rows, rare: then.rows, unreadable };
  }

  async #query(statements: readonly string[], signal: AbortSignal): Promise<readonly InfluxqlResult[]> {
    if (!this.#takesOne) {
      const answer = await this.#send(statements.join('; '), signal);
      this.#takesOne = answer.status === 400 && /(?:one|single|multiple) .*statement/i.test(answer.text);
      // Of several statements 1.x does not say why it executed none; of one it does.
      if (answer.text.includes('"error":"not executed"')) {
        this.#resultsOf(await this.#send(statements[0] ?? '', signal), 1);
      }
      if (!this.#takesOne) return this.#resultsOf(answer, statements.length);
    }
    const results: InfluxqlResult[] = [];
    for (const statement of statements) {
      results.push(...this.#resultsOf(await this.#send(statement, signal), 1));
    }
    return results;
  }

  #send(query: string, signal: AbortSignal): Promise<SourceAnswer> {
    const parameters = new URLSearchParams({ db: this.#deps.database, epoch: 'ms' });
    return this.#http.send(
      {
        method: 'POST',
        path: `/query?${parameters.toString()}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams({ q: query }).toString(),
      },
      signal,
    );
  }

  #resultsOf(answer: SourceAnswer, count: number): readonly InfluxqlResult[] {
    if (answer.status !== 200) throw this.#refusal(answer);
    const { results } = readJson(answer, influxqlSchema, this.#http);
    const { where } = this.#http;
    const error = results.find((result) => result.error !== undefined)?.error;
    if (error !== undefined) throw this.#failure(error);
    if (results.some(({ partial, series = [] }) => partial === true || series.some((one) => one.partial))) {
      throw new SourceError(
        'too-large',
        `${where} cut its answer short (max-row-limit of its configuration)`,
      );
    }
    if (results.length === count) return results;
    const message = `${where} answered ${results.length} of ${count} statements: it may be no InfluxDB (a VictoriaMetrics is read by metrics.source prometheus)`;
    throw new SourceError('bad-answer', message);
  }

  #refusal(answer: SourceAnswer): SourceError {
    if (!isDenied(answer)) {
      return this.#failure(readJson(answer, failureSchema, this.#http), answer.status);
    }
    const { username, token } = this.#deps;
    const what =
      token !== undefined
        ? 'the token (metrics.influxql.token)'
        : username === undefined
          ? 'calls without user and password (metrics.influxql.username, metrics.influxql.password)'
          : 'user and password (metrics.influxql.username, metrics.influxql.password)';
    const words = denialWords(answer, failureSchema, this.#http);
    return new SourceError('wrong-token', `${this.#http.where} refuses ${what}: ${words}`);
  }

  #failure(message: string, status = 200): SourceError {
    const { where } = this.#http;
    const words = this.#http.quote(message);
    if (!/database|bucket|dbrp|retention policy/i.test(message)) {
      return new SourceError('refused', `${where} answered ${status}: ${words}`);
    }
    const name = this.#http.quote(this.#deps.database);
    return new SourceError(
      'wrong-database',
      `${where} has no database ${name} that may be read (metrics.influxql.database): ${words}`,
    );
  }
}
