import { expect } from 'chai';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { apiMetrics } from '../../src/ops/api-metrics.js';
import { writeExposition } from '../../src/ops/exposition.js';
import { MetricBook } from '../../src/ops/metric-book.js';
import { tenantRequestMetrics } from '../../src/ops/tenant-request-metrics.js';

const CALLS = ['create', 'join'];

function registered<Hooks>(make: (book: MetricBook) => Hooks) {
  const registry = new Registry();
  const book = MetricBook.over(registry);
  const hooks = make(book.under('Test'));
  const lines = async (name: string): Promise<string[]> => {
    const text = (await writeExposition(registry, 'text')).toString();
    return text.split('\n').filter((line) => line.startsWith(`${name}{`) && !line.endsWith(' 0'));
  };
  return { hooks, book, lines, registry };
}

describe('apiMetrics', () => {
  const make = () => registered((book) => apiMetrics(book, { calls: CALLS, failedKeys: ['notFound'] }));

  it('counts a FAILED answer by its key, and one that succeeded not at all', async () => {
    const { hooks, lines } = make();
    hooks.apiRequest({ call: 'join', outcome: 'success', seconds: 0.1 });
    hooks.apiRequest({ call: 'join', outcome: 'refused', seconds: 0.1, messageKey: 'notFound' });
    hooks.apiRequest({ call: 'join', outcome: 'failed', seconds: 0.1 });
    expect(await lines('ballast_api_failures_total')).to.deep.equal([
      'ballast_api_failures_total{call="join",key="notFound"} 1',
      'ballast_api_failures_total{call="join",key="other"} 1',
    ]);
  });

  it('makes no label of what a stranger or a server writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.string(), fc.string())), async (requests) => {
        const { hooks, registry } = make();
        for (const [call, messageKey] of requests) {
          hooks.apiRequest({ call, outcome: 'failed', seconds: 1, messageKey, isStale: true });
        }
        const text = (await writeExposition(registry, 'text')).toString();
        const values = [...text.matchAll(/(?:call|key)="((?:[^"\\]|\\.)*)"/g)].map(([, value]) => value);
        expect([...CALLS, 'other', 'notFound']).to.include.members([...new Set(values)]);
      }),
      { numRuns: 30 },
    );
  });
});

describe('tenantRequestMetrics', () => {
  const make = () => registered((book) => tenantRequestMetrics(book, CALLS, { namedTenants: 2 }));
  const request = (tenantId: string | undefined) =>
    ({ call: 'join', outcome: 'success', seconds: 0.1, tenantId }) as const;
  const series = (tenant: string, count: number): string =>
    `ballast_tenant_requests_total{tenant="${tenant}",call="join",outcome="success"} ${count}`;

  it('names so many tenants, and counts the rest together', async () => {
    const { hooks, lines } = make();
    for (const tenant of ['a', 'b', 'c', 'd', 'a']) hooks.apiRequest(request(tenant));
    hooks.apiRequest(request(undefined));
    const name = 'ballast_tenant_requests_total';
    expect(await lines(name)).to.deep.equal([series('a', 2), series('b', 1), series('(other)', 2)]);
    const counted = await lines('ballast_tenant_request_duration_seconds_count');
    expect(counted.map((line) => line.split(' ')[1])).to.deep.equal(['2', '1', '2']);
  });

  it('gives the place of a tenant that left to another', async () => {
    const { hooks, book, lines } = make();
    for (const tenant of ['a', 'b', 'c']) hooks.apiRequest(request(tenant));
    await book.begin({ servers: () => [], tenants: () => [{ id: 'b' }, { id: 'c' }] });
    hooks.apiRequest(request('c'));
    const expected = [series('b', 1), series('(other)', 1), series('c', 1)];
    expect(await lines('ballast_tenant_requests_total')).to.have.members(expected);
    const durations = await lines('ballast_tenant_request_duration_seconds_sum');
    expect(durations.join('\n')).not.to.contain('tenant="a"');
  });

  it('keeps the rest apart from a tenant of any ID that there can be', async () => {
    const { hooks, book, lines } = make();
    for (const tenant of ['other', 'b', 'c']) hooks.apiRequest(request(tenant));
    const name = 'ballast_tenant_requests_total';
    expect(await lines(name)).to.have.members([series('other', 1), series('b', 1), series('(other)', 1)]);
    await book.begin({ servers: () => [], tenants: () => [{ id: 'b' }, { id: 'c' }, { id: 'd' }] });
    for (const tenant of ['d', 'c']) hooks.apiRequest(request(tenant));
    expect(await lines(name)).to.have.members([series('b', 1), series('(other)', 2), series('d', 1)]);
  });
});
