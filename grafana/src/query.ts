import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** The Prometheus that the dashboard's variable names. */
export const prometheus: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** The InfluxDB (Flux) that the dashboard's variable names. */
export const influxdb: DataSourceRef = { type: 'influxdb', uid: '${influx}' };

/** Grafana's own name for a panel whose queries go to more than one data source. */
export const mixed: DataSourceRef = { type: 'datasource', uid: '-- Mixed --' };

/**
 * Keeps each selector of Ballast's metrics to the pool that the dashboard's variable `cluster` names: two pools in one
 * Prometheus may have servers of the same name. An alert of no cluster (nothing is scraped at all) is everybody's.
 */
export function ofCluster(expr: string): string {
  return expr.replace(
    /\b(ballast_\w+|ALERTS)\b(\{)?/g,
    (_all, metric: string, brace?: string) =>
      `${metric}{cluster=~"$cluster${metric === 'ALERTS' ? '|' : ''}"${brace === undefined ? '}' : ','}`,
  );
}

/** One query of a panel, which gives it its letter. */
export interface Query {
  readonly datasource: DataSourceRef;
  /** What its lines are called; with `{{label}}` there may be any number. */
  readonly legend?: string;
  build(refId: string): Builder<Dataquery>;
}

/** PromQL over the time range, one line a series. */
export function series(expr: string, legend: string): Query {
  return {
    datasource: prometheus,
    legend,
    build: (refId) => promQuery(refId, expr).range().legendFormat(legend),
  };
}

/** PromQL at the end of the time range, one value a series. */
export function latest(expr: string, legend = '__auto'): Query {
  return {
    datasource: prometheus,
    build: (refId) => promQuery(refId, expr).instant().legendFormat(legend),
  };
}

/** PromQL at the end of the time range, as rows with a column a label. */
export function rows(expr: string): Query {
  return {
    datasource: prometheus,
    build: (refId) => promQuery(refId, expr).instant().format(PromQueryFormat.Table),
  };
}

/** A histogram's buckets over the time range, for a heatmap. */
export function buckets(expr: string): Query {
  return {
    datasource: prometheus,
    build: (refId) => promQuery(refId, expr).range().format(PromQueryFormat.Heatmap).legendFormat('{{le}}'),
  };
}

/** Flux over the time range; the SDK has no module for it. The value's column is the line's name. */
export function flux(query: string): Query {
  return {
    datasource: influxdb,
    build: (refId) => ({ build: () => fluxQuery(refId, query) }),
  };
}

/** What Grafana's InfluxDB data source stores of a Flux query. */
export interface FluxQuery extends Dataquery {
  readonly refId: string;
  readonly datasource: DataSourceRef;
  readonly query: string;
}

function fluxQuery(refId: string, query: string): FluxQuery {
  const stored = { refId, datasource: influxdb, query };
  // The marker of the SDK's types must not be printed.
  return Object.defineProperty(stored, '_implementsDataqueryVariant', {
    value: () => undefined,
    enumerable: false,
  }) as FluxQuery;
}

function promQuery(refId: string, expr: string): DataqueryBuilder {
  return new DataqueryBuilder().refId(refId).datasource(prometheus).expr(ofCluster(expr));
}
