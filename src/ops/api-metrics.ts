import { ANSWER_BUCKETS } from './answer-buckets.js';
import type { MetricBook } from './metric-book.js';
import type { Tally } from './tally-counter.js';
import type { TallyBuckets } from './tally-histogram.js';

/** Outcome of a BBB API request: served, answered FAILED, refused before it was looked at, or a fault in Ballast. */
export type ApiOutcome = 'success' | 'failed' | 'refused' | 'error';

/** One answered request of the BBB API. */
export interface ApiRequest {
  readonly call: string;
  readonly outcome: ApiOutcome;
  readonly seconds: number;
  /** Of a FAILED answer. */
  readonly messageKey?: string | undefined;
  /** `undefined` where it came to none. */
  readonly tenantId?: string | undefined;
  /** Answered from an older poll. */
  readonly isStale?: boolean | undefined;
}

/** What the BBB API reports. */
export interface ApiHooks {
  apiRequest(request: ApiRequest): void;
}

/** Names that get a label of their own; any other counts as `other`. */
export interface ApiNames {
  readonly calls: readonly string[];
  /** messageKeys of FAILED answers. */
  readonly failedKeys: readonly string[];
}

interface CallChildren {
  readonly requests: Readonly<Record<ApiOutcome, Tally>>;
  readonly duration: TallyBuckets;
  readonly stale: Tally;
  /** By messageKey; made when first met, since most calls have few. */
  readonly failures: Map<string, Tally>;
}

/** Counts and times BBB API requests by call. On the hot path: children are resolved beforehand. */
export function apiMetrics(book: MetricBook, names: ApiNames): ApiHooks {
  const requests = book.counter(
    'ballast_api_requests_total',
    'BBB API requests by call and outcome.',
    'call',
    'outcome',
  );
  const duration = book.histogram(
    'ballast_api_request_duration_seconds',
    'Time to answer a BBB API request.',
    ANSWER_BUCKETS,
    'call',
  );
  const failures = book.counter(
    'ballast_api_failures_total',
    'FAILED answers to BBB API requests, by call and messageKey; keys that BBB does not have count as other.',
    'call',
    'key',
  );
  const stale = book.counter(
    'ballast_api_stale_answers_total',
    'Answers made of an older poll, since a server did not answer the call in time.',
    'call',
  );
  book.readOne('ballast_api_requests_in_flight', 'BBB API requests that are being worked on.', (sources) =>
    sources.apiInFlight?.(),
  );
  const failedKeys = new Set(names.failedKeys);
  const resolve = (call: string): CallChildren => ({
    requests: {
      success: requests.tally({ call, outcome: 'success' }),
      failed: requests.tally({ call, outcome: 'failed' }),
      refused: requests.tally({ call, outcome: 'refused' }),
      error: requests.tally({ call, outcome: 'error' }),
    },
    duration: duration.tally({ call }),
    stale: stale.tally({ call }),
    failures: new Map(),
  });
  const byCall = new Map(names.calls.map((call) => [call, resolve(call)]));
  const other = resolve('other');
  const fail = (call: string, children: CallChildren, messageKey: string | undefined): void => {
    const key = messageKey !== undefined && failedKeys.has(messageKey) ? messageKey : 'other';
    let child = children.failures.get(key);
    if (child === undefined) children.failures.set(key, (child = failures.tally({ call, key })));
    child.add(1);
  };
  return {
    apiRequest: ({ call, outcome, seconds, messageKey, isStale }) => {
      // A stranger must not be able to make labels.
      const children = byCall.get(call) ?? other;
      children.requests[outcome].add(1);
      children.duration.observe(seconds);
      if (outcome !== 'success') fail(children === other ? 'other' : call, children, messageKey);
      if (isStale === true) children.stale.add(1);
    },
  };
}
