import { ANSWER_BUCKETS } from './answer-buckets.js';
import type { ApiHooks, ApiOutcome } from './api-metrics.js';
import type { MetricBook, Owned } from './metric-book.js';
import type { Tally } from './tally-counter.js';
import type { TallyBuckets } from './tally-histogram.js';

/** Beyond this many tenants the rest share one label: each costs some forty series. */
const NAMED_TENANTS = 200;

/** Of the rest; IDs have no brackets, so that no tenant can be called that. */
const REST = '(other)';

interface TenantChildren {
  readonly label: string;
  readonly duration: TallyBuckets;
  readonly requests: Map<string, Map<ApiOutcome, Tally>>;
}

/**
 * Counts and times requests by tenant. Only tenants of the configuration come here; the first 200 that send something have
 * series of their own, and a place is free again when its tenant leaves.
 */
export function tenantRequestMetrics(
  book: MetricBook,
  calls: readonly string[],
  { namedTenants = NAMED_TENANTS }: { readonly namedTenants?: number } = {},
): ApiHooks {
  const requests = book.counter(
    'ballast_tenant_requests_total',
    'BBB API requests of the tenant, by call and outcome; refused ones may be those of a stranger without its secret.',
    'tenant',
    'call',
    'outcome',
  );
  const duration = book.histogram(
    'ballast_tenant_request_duration_seconds',
    'Time to answer a BBB API request of the tenant.',
    ANSWER_BUCKETS,
    'tenant',
  );
  const knownCalls = new Set(calls);
  const tenants = new Map<string, TenantChildren>();
  const resolve = (label: string): TenantChildren => ({
    label,
    duration: duration.tally({ tenant: label }),
    requests: new Map(),
  });
  let rest: TenantChildren | undefined;
  const childrenOf = (tenant: string): TenantChildren => {
    const known = tenants.get(tenant);
    if (known !== undefined) return known;
    if (tenants.size >= namedTenants) return (rest ??= resolve(REST));
    const made = resolve(tenant);
    tenants.set(tenant, made);
    return made;
  };
  const owned: Owned = {
    owner: 'tenant',
    keepOnly: (present) => {
      for (const [tenant, children] of tenants) {
        if (present.has(tenant)) continue;
        duration.drop({ tenant });
        for (const [call, outcomes] of children.requests) {
          for (const outcome of outcomes.keys()) requests.drop({ tenant, call, outcome });
        }
        tenants.delete(tenant);
      }
    },
  };
  book.own(owned);
  return {
    apiRequest: ({ call, outcome, seconds, tenantId }) => {
      if (tenantId === undefined) return;
      const children = childrenOf(tenantId);
      children.duration.observe(seconds);
      const label = knownCalls.has(call) ? call : 'other';
      let outcomes = children.requests.get(label);
      if (outcomes === undefined) children.requests.set(label, (outcomes = new Map<ApiOutcome, Tally>()));
      let child = outcomes.get(outcome);
      if (child === undefined) {
        child = requests.tally({ tenant: children.label, call: label, outcome });
        outcomes.set(outcome, child);
      }
      child.add(1);
    },
  };
}
