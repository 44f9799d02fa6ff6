import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { mixed, prometheus, type Query } from '../query.js';

/** What the little "i" of a panel says: all three are wanted by whoever reads it at night. */
export interface Explanation {
  readonly shows: string;
  readonly normal: string;
  readonly act: string;
}

/** What stands in place of events where none are found, as no event and no news look the same. */
export const NONE = 'None, or Ballast was not scraped';

/** What every panel has. */
export interface PanelSpec {
  /** Stays for ever: links and alerts name it. Unique in its dashboard. */
  readonly id: number;
  readonly title: string;
  readonly help: Explanation;
  /** Of 24 columns. */
  readonly width: number;
  /** In Grafana's rows of about 38 px. */
  readonly height: number;
  readonly queries: readonly Query[];
  /** Of Grafana's own names, e.g. `percentunit`, `s`, `short`. */
  readonly unit: string;
  readonly decimals?: number;
  /** What stands there while there is nothing to show; "–", not known, where it is left out. */
  readonly whenEmpty?: string;
}

/** The methods that every panel builder of the SDK has. */
export interface AnyPanelBuilder extends Builder<Panel> {
  id(id: number): this;
  title(title: string): this;
  description(text: string): this;
  datasource(ref: DataSourceRef): this;
  targets(targets: Builder<Dataquery>[]): this;
  height(rows: number): this;
  span(columns: number): this;
  unit(unit: string): this;
  decimals(digits: number): this;
  noValue(text: string): this;
}

/** Gives a builder all that the panels have in common. What is not known reads "–", never 0. */
export function fill<B extends AnyPanelBuilder>(builder: B, spec: PanelSpec): B {
  const { shows, normal, act } = spec.help;
  builder
    .id(spec.id)
    .title(spec.title)
    .description(`${sentence(shows)}\n\n**Normal:** ${sentence(normal)}\n\n**If not:** ${sentence(act)}`)
    .datasource(datasourceOf(spec.queries))
    .targets(spec.queries.map((query, index) => query.build(letter(index))))
    .span(spec.width)
    .height(spec.height)
    .unit(spec.unit)
    .noValue(spec.whenEmpty ?? '–');
  if (spec.decimals !== undefined) builder.decimals(spec.decimals);
  return builder;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function datasourceOf(queries: readonly Query[]): DataSourceRef {
  const [first, ...others] = queries.map((query) => query.datasource);
  if (first === undefined) return prometheus;
  return others.every((other) => other.type === first.type) ? first : mixed;
}

function letter(index: number): string {
  return String.fromCharCode(65 + index);
}
