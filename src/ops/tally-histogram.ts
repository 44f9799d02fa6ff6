import { Histogram, type HistogramConfiguration } from 'prom-client';
import { keyOf } from './tally-counter.js';

type Shape = Awaited<ReturnType<Histogram['get']>>;

/** One series of a histogram, at hand: observing is a step through its bounds. It prints from the first observation on. */
export class TallyBuckets {
  readonly #bounds: readonly number[];
  /** By bound, not yet summed up; beyond the last bound at its end. */
  readonly #counts: number[];
  #sum = 0;
  #count = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  /** Takes a value; what is no finite number is left out. */
  observe(value: number): void {
    if (!Number.isFinite(value)) return;
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] ?? Infinity)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
    this.#count += 1;
  }

  /** As the text format has it: each bucket holds those below it as well. */
  lines(name: string, labels: Readonly<Record<string, string>>): Shape['values'] {
    if (this.#count === 0) return [];
    let below = 0;
    const buckets = this.#bounds.map((le, at) => {
      below += this.#counts[at] ?? 0;
      return { labels: { le, ...labels }, value: below, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { labels: { le: '+Inf', ...labels }, value: this.#count, metricName: `${name}_bucket` },
      { labels: { ...labels }, value: this.#sum, metricName: `${name}_sum` },
      { labels: { ...labels }, value: this.#count, metricName: `${name}_count` },
    ];
  }
}

/** A histogram with series that are kept at hand, for the reason of `TallyCounter`. A series is either kept or prom-client's. */
export class TallyHistogram extends Histogram {
  readonly #name: string;
  readonly #bounds: readonly number[];
  readonly #kept = new Map<
    string,
    { readonly labels: Readonly<Record<string, string>>; readonly buckets: TallyBuckets }
  >();

  constructor(configuration: HistogramConfiguration<string> & { readonly buckets: readonly number[] }) {
    super({ ...configuration, buckets: [...configuration.buckets] });
    this.#name = configuration.name;
    this.#bounds = [...configuration.buckets];
  }

  /** The series with these labels, to be kept by who observes. */
  tally(labels: Readonly<Record<string, string>>): TallyBuckets {
    const key = keyOf(labels);
    const known = this.#kept.get(key);
    if (known !== undefined) return known.buckets;
    const buckets = new TallyBuckets(this.#bounds);
    this.#kept.set(key, { labels, buckets });
    return buckets;
  }

  /** Prints a kept series no more; what is still observed on it counts for nothing. */
  drop(labels: Readonly<Record<string, string>>): void {
    this.#kept.delete(keyOf(labels));
  }

  override async get(): Promise<Shape> {
    const shape = await super.get();
    const kept = [...this.#kept.values()].flatMap(({ labels, buckets }) => buckets.lines(this.#name, labels));
    return { ...shape, values: [...shape.values, ...kept] };
  }
}
