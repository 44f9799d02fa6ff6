import { Gauge, type GaugeConfiguration } from 'prom-client';

/** One series of a gauge at a scrape. */
export interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  /** `undefined` and what is no number print no series. */
  readonly value: number | undefined;
}

type Shape = Awaited<ReturnType<Gauge['get']>>;

/** A gauge whose series are read anew at each scrape: nothing of what has gone stays behind. */
export class ReadGauge extends Gauge {
  readonly #read: () => Iterable<Reading>;

  constructor(configuration: GaugeConfiguration<string>, read: () => Iterable<Reading>) {
    super(configuration);
    this.#read = read;
  }

  override async get(): Promise<Shape> {
    const shape = await super.get();
    const values: Shape['values'] = [];
    for (const { labels, value } of this.#read()) {
      if (value !== undefined && Number.isFinite(value)) values.push({ labels, value });
    }
    return { ...shape, values };
  }
}
