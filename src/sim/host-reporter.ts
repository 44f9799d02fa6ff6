import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { SimServer } from './sim-server.js';

/** Where and how often samples go. */
export interface HostReporterOptions {
  readonly servers: readonly SimServer[];
  /** Base URL of an InfluxDB 2 or of Ballast: `/api/v2/write` is appended. */
  readonly url: string;
  readonly token: string;
  /** Default `ballast` for both. */
  readonly org?: string | undefined;
  readonly bucket?: string | undefined;
  /** Default 10 s, as Telegraf's. */
  readonly intervalMs?: number | undefined;
  /** Told when a write fails, once until one succeeds again. */
  readonly onFailure?: ((message: string) => void) | undefined;
}

const TIMEOUT_MS = 5_000;

/** The other side answered, and did not take the samples; the message holds its own words. */
export class SamplesRefusedError extends Error {
  override readonly name = 'SamplesRefusedError';

  constructor(
    readonly statusCode: number,
    body: string,
  ) {
    super(`writing samples: HTTP ${statusCode} ${ownWords(body)}`);
  }
}

/** Reports the simulated hosts as Telegraf's `outputs.influxdb_v2` does. A server that refuses connections is silent. */
export class HostReporter {
  readonly #options: HostReporterOptions;
  readonly #stopping = new AbortController();
  #isFailing = false;
  #loop: Promise<void> | undefined;

  constructor(options: HostReporterOptions) {
    this.#options = options;
  }

  /** Reports now and then at every interval. */
  start(): void {
    this.#loop ??= this.#run();
  }

  /** Sends one batch. Throws when the other side does not take it. */
  async report(): Promise<void> {
    const lines = this.#options.servers
      .filter((server) => server.isListening)
      .map((server) => server.host.lines(server.now()))
      .join('');
    if (lines === '') return;
    const { url, token, org = 'ballast', bucket = 'ballast' } = this.#options;
    const query = new URLSearchParams({ org, bucket, precision: 'ns' });
    const { statusCode, body } = await request(
      `${url.replace(/\/+$/, '')}/api/v2/write?${query.toString()}`,
      {
        method: 'POST',
        headers: { authorization: `Token ${token}`, 'content-type': 'text/plain; charset=utf-8' },
        body: lines,
        // Not a signal for each request: made from a long-lived one it would never be let go.
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
        signal: this.#stopping.signal,
      },
    );
    const text = await body.text();
    if (statusCode !== 204) throw new SamplesRefusedError(statusCode, text);
  }

  /** Ends the reports and waits for the one under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!this.#isStopping()) {
      try {
        await this.report();
        this.#isFailing = false;
      } catch (error) {
        if (signal.aborted) return;
        if (!this.#isFailing)
          this.#options.onFailure?.(error instanceof Error ? error.message : String(error));
        this.#isFailing = true;
      }
      await delay(this.#options.intervalMs ?? 10_000, undefined, { signal }).catch(() => undefined);
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }
}

/** InfluxDB and Ballast answer `{"code":…,"message":…}`; what stands between may answer anything. */
function ownWords(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') return message.slice(0, 200);
  } catch {
    // No JSON: the beginning of what came is what there is to tell.
  }
  return body.slice(0, 200);
}
