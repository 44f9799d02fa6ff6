import type { Registry } from 'prom-client';
import { type Tally, TallyCounter } from './tally-counter.js';

/** What series can belong to: they leave with it. */
export type Owner = 'server' | 'tenant';

/** Name, help and further labels of a counter with an owner. */
export interface OwnedCounterOptions {
  readonly owner: Owner;
  readonly name: string;
  readonly help: string;
  /** Labels after the owner's own. */
  readonly labelNames: readonly string[];
  readonly registry: Registry;
}

/**
 * A counter with a `server` or `tenant` label whose series leave with their owner.
 * Children are resolved once: counting is one look-up a label on the hot path.
 */
export class OwnedCounter {
  readonly owner: Owner;
  readonly #counter: TallyCounter;
  readonly #labelNames: readonly string[];
  readonly #series = new Map<string, Map<string, Series>>();

  constructor({ owner, name, help, labelNames, registry }: OwnedCounterOptions) {
    this.owner = owner;
    this.#labelNames = labelNames;
    this.#counter = new TallyCounter({
      name,
      help,
      labelNames: [owner, ...labelNames],
      registers: [registry],
    });
  }

  /** Counts one; `values` in the order of the label names. */
  inc(owner: string, ...values: string[]): void {
    this.add(1, owner, ...values);
  }

  /** Counts an amount, not negative. */
  add(amount: number, owner: string, ...values: string[]): void {
    let ofOwner = this.#series.get(owner);
    if (ofOwner === undefined) {
      ofOwner = new Map<string, Series>();
      this.#series.set(owner, ofOwner);
    }
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\n');
    let series = ofOwner.get(key);
    if (series === undefined) {
      const labels: Record<string, string> = { [this.owner]: owner };
      this.#labelNames.forEach((name, index) => (labels[name] = values[index] ?? ''));
      ofOwner.set(key, (series = { labels, tally: this.#counter.tally(labels) }));
    }
    series.tally.add(amount);
  }

  /** Drops the series of every owner not in `present`. */
  keepOnly(present: ReadonlySet<string>): void {
    for (const [owner, series] of this.#series) {
      if (present.has(owner)) continue;
      for (const { labels } of series.values()) this.#counter.drop(labels);
      this.#series.delete(owner);
    }
  }
}

interface Series {
  readonly labels: Record<string, string>;
  readonly tally: Tally;
}
