import { Counter, Histogram, type Registry } from 'prom-client';

/** Outcome of a BBB API request: served, answered FAILED, refused before it was looked at, or a fault in Ballast. */
export type ApiOutcome = 'success' | 'failed' | 'refused' | 'error';

/** Counts and times BBB API requests by call. On the hot path: all children are resolved beforehand. */
export class RequestMeter {
  readonly #byCall = new Map<string, CallChildren>();
  readonly #other: CallChildren;

  constructor(options: { registry: Registry; calls: readonly string[] }) {
    const registers = [options.registry];
    const requests = new Counter({
      name: 'ballast_api_requests_total',
      help: 'BBB API requests by call and outcome.',
      labelNames: ['call', 'outcome'],
      registers,
    });
    const duration = new Histogram({
      name: 'ballast_api_request_duration_seconds',
      help: 'Time to answer a BBB API request.',
      labelNames: ['call'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 12, 60],
      registers,
    });
    const resolve = (call: string): CallChildren => ({
      success: requests.labels(call, 'success'),
      failed: requests.labels(call, 'failed'),
      refused: requests.labels(call, 'refused'),
      error: requests.labels(call, 'error'),
      duration: duration.labels(call),
    });
    for (const call of options.calls) this.#byCall.set(call, resolve(call));
    this.#other = resolve('other');
  }

  /** An unknown call counts as `other`: a stranger must not be able to make labels. */
  observe(call: string, outcome: ApiOutcome, seconds: number): void {
    const children = this.#byCall.get(call) ?? this.#other;
    children[outcome].inc();
    children.duration.observe(seconds);
  }
}

type CallChildren = Readonly<Record<ApiOutcome, Counter.Internal>> & {
  readonly duration: Histogram.Internal<'call'>;
};
