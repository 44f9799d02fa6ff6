import { Counter, type Registry } from 'prom-client';

/**
 * A counter with a `server` label whose series leave with their server.
 * Children are resolved once: counting is one look-up a label on the hot path.
 */
export class ServerCounter {
  readonly #counter: Counter;
  readonly #labelNames: readonly string[];
  readonly #series = new Map<string, Map<string, Series>>();

  constructor(options: { name: string; help: string; labelNames: readonly string[]; registry: Registry }) {
    this.#labelNames = options.labelNames;
    this.#counter = new Counter({
      name: options.name,
      help: options.help,
      labelNames: ['server', ...options.labelNames],
      registers: [options.registry],
    });
  }

  /** Counts one; `values` in the order of the label names. */
  inc(server: string, ...values: string[]): void {
    let ofServer = this.#series.get(server);
    if (ofServer === undefined) {
      ofServer = new Map<string, Series>();
      this.#series.set(server, ofServer);
    }
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\n');
    let series = ofServer.get(key);
    if (series === undefined) {
      const labels: Record<string, string> = { server };
      this.#labelNames.forEach((name, index) => (labels[name] = values[index] ?? ''));
      ofServer.set(key, (series = { labels, child: this.#counter.labels(labels) }));
    }
    series.child.inc();
  }

  /** Drops the series of every server not in `present`. */
  keepOnly(present: ReadonlySet<string>): void {
    for (const [server, series] of this.#series) {
      if (present.has(server)) continue;
      for (const { labels } of series.values()) this.#counter.remove(labels);
      this.#series.delete(server);
    }
  }
}

interface Series {
  readonly labels: Record<string, string>;
  readonly child: Counter.Internal;
}
