import { Gauge, type Registry } from 'prom-client';
import type { MetricsSources, ServerSnapshot, TenantSnapshot } from './metrics-sources.js';
import { OwnedCounter, type Owner } from './owned-counter.js';
import { nextTurn } from './next-turn.js';
import { ReadGauge, type Reading } from './read-gauge.js';
import { TallyCounter } from './tally-counter.js';
import { TallyHistogram } from './tally-histogram.js';

/** What the gauges are read from, taken once a scrape. */
export interface Scrape {
  readonly sources: MetricsSources;
  readonly servers: readonly ServerSnapshot[];
  readonly tenants: readonly TenantSnapshot[];
}

/** A metric whose series leave with a server or tenant. */
export interface Owned {
  readonly owner: Owner;
  /** Drops the series of every owner not in `present`. */
  keepOnly(present: ReadonlySet<string>): void;
}

interface Shared {
  readonly registry: Registry;
  readonly owned: Owned[];
  /** By name of the metric. */
  readonly headings: Map<string, string>;
  scrape: Scrape | undefined;
}

/**
 * Registers metrics, one method a kind. Each prints HELP and TYPE from the start and no series before its value is known;
 * series of a server or tenant leave with it.
 */
export class MetricBook {
  readonly #shared: Shared;
  readonly #heading: string;

  private constructor(shared: Shared, heading: string) {
    this.#shared = shared;
    this.#heading = heading;
  }

  /** An empty book over a registry. */
  static over(registry: Registry): MetricBook {
    return new MetricBook({ registry, owned: [], headings: new Map(), scrape: undefined }, '');
  }

  /** The same book, open at a heading of the documentation. */
  under(heading: string): MetricBook {
    return new MetricBook(this.#shared, heading);
  }

  /** By name of each metric: the heading it is documented under. */
  get headings(): ReadonlyMap<string, string> {
    return this.#shared.headings;
  }

  /** A counter; without labels it starts at 0. */
  counter(name: string, help: string, ...labelNames: string[]): TallyCounter {
    return new TallyCounter(this.#named(name, help, labelNames));
  }

  /** A counter by server, and by further labels. */
  perServer(name: string, help: string, ...labelNames: string[]): OwnedCounter {
    const { registry, owned } = this.#shared;
    this.#shared.headings.set(name, this.#heading);
    const counter = new OwnedCounter({ owner: 'server', name, help, labelNames, registry });
    owned.push(counter);
    return counter;
  }

  /** A histogram with these upper bounds; say beside them what was measured. */
  histogram(name: string, help: string, buckets: readonly number[], ...labelNames: string[]): TallyHistogram {
    return new TallyHistogram({ ...this.#named(name, help, labelNames), buckets: [...buckets] });
  }

  /** A gauge that is set when something happens; no series before that. */
  gauge(name: string, help: string, ...labelNames: string[]): Gauge {
    const gauge = new Gauge(this.#named(name, help, labelNames));
    // prom-client starts a gauge without labels at 0, which would pass for a known value.
    if (labelNames.length === 0) gauge.remove();
    return gauge;
  }

  /** A gauge read at each scrape, once the sources are attached. */
  read(
    name: string,
    help: string,
    labelNames: readonly string[],
    read: (scrape: Scrape) => Iterable<Reading>,
  ): void {
    const shared = this.#shared;
    new ReadGauge(this.#named(name, help, labelNames), () =>
      shared.scrape === undefined ? [] : read(shared.scrape),
    );
  }

  /** A gauge without labels, read at each scrape. */
  readOne(name: string, help: string, read: (sources: MetricsSources) => number | undefined): void {
    this.read(name, help, [], ({ sources }) => [{ labels: {}, value: read(sources) }]);
  }

  /** A gauge with one series a server, read at each scrape. */
  readServers(name: string, help: string, read: (server: ServerSnapshot) => number | undefined): void {
    this.read(name, help, ['server'], ({ servers }) =>
      servers.map((server) => ({ labels: { server: server.id }, value: read(server) })),
    );
  }

  /** A gauge with one series a tenant, read at each scrape. */
  readTenants(name: string, help: string, read: (tenant: TenantSnapshot) => number | undefined): void {
    this.read(name, help, ['tenant'], ({ tenants }) =>
      tenants.map((tenant) => ({ labels: { tenant: tenant.id }, value: read(tenant) })),
    );
  }

  /** Has the series of a metric that was made elsewhere leave with their owners. */
  own(owned: Owned): void {
    this.#shared.owned.push(owned);
  }

  /**
   * Begins a scrape: takes what the gauges show and drops the series of what is gone. Servers and tenants are read in turns
   * of the event loop of their own: with hundreds of servers each takes some milliseconds.
   */
  async begin(sources: MetricsSources): Promise<void> {
    const servers = sources.servers();
    this.keepOnly('server', servers);
    await nextTurn();
    const tenants = sources.tenants?.() ?? [];
    this.keepOnly('tenant', tenants);
    await nextTurn();
    this.#shared.scrape = { sources, servers, tenants };
  }

  /**
   * Drops the counted series of every owner that is not present. To be called at once when they were read: what is counted
   * for a newcomer afterwards must not be dropped.
   */
  keepOnly(owner: Owner, present: readonly { readonly id: string }[]): void {
    const ids = new Set(present.map(({ id }) => id));
    for (const owned of this.#shared.owned) if (owned.owner === owner) owned.keepOnly(ids);
  }

  #named(name: string, help: string, labelNames: readonly string[]) {
    this.#shared.headings.set(name, this.#heading);
    return { name, help, labelNames: [...labelNames], registers: [this.#shared.registry] };
  }
}
