import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DatasourceVariableBuilder,
  IntervalVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ofCluster, prometheus } from './query.js';

/** A variable of a dashboard. */
export type Variable = Builder<VariableModel>;

/** Which Prometheus; the first one Grafana has, unless somebody chooses. */
export function datasourceVariable(): Variable {
  return new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus');
}

/** Which InfluxDB, for what Telegraf measures on the hosts. */
export function influxVariable(): Variable {
  return new DatasourceVariableBuilder('influx').label('InfluxDB').type('influxdb');
}

/**
 * Which pool, where one Prometheus has several: one at a time, as both may have a server of the same name. The label is that
 * of prometheus/targets/ballast.yml, which names its pool "main"; where there is none, the value is empty and matches it.
 */
export function clusterVariable(): Variable {
  return labelVariable('cluster', 'Pool', 'ballast_build_info')
    .includeAll(false)
    .multi(false)
    .current({ text: 'main', value: 'main' });
}

/** One server. */
export function oneServerVariable(): Variable {
  return labelVariable('server', 'Server', 'ballast_server_health').includeAll(false).multi(false);
}

/** Any servers, all of them at first. */
export function serversVariable(): Variable {
  return many(labelVariable('server', 'Server', 'ballast_server_health'));
}

/** Any tenants, all of them at first. */
export function tenantsVariable(): Variable {
  return many(labelVariable('tenant', 'Tenant', 'ballast_tenant_meetings'));
}

/** Any replicas of Ballast, all of them at first. */
export function replicasVariable(): Variable {
  return many(labelVariable('instance', 'Replica', 'ballast_build_info'));
}

/** Over which time rates and quantiles are taken; never under four scrapes of 15 s. */
export function intervalVariable(): Variable {
  const values = ['1m', '5m', '15m', '1h'];
  const chosen = '5m';
  return new IntervalVariableBuilder('interval')
    .label('Averaged over')
    .values(values.join(','))
    .options(values.map((value) => ({ text: value, value, selected: value === chosen })))
    .current({ text: chosen, value: chosen })
    .auto(false);
}

function labelVariable(name: string, label: string, metric: string): QueryVariableBuilder {
  const query = `label_values(${name === 'cluster' ? metric : ofCluster(metric)}, ${name})`;
  return (
    new QueryVariableBuilder(name)
      .label(label)
      .datasource(prometheus)
      // 1: the editor shows it as "label values".
      .query({ qryType: 1, query, refId: `Variable-${name}` })
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.NaturalAsc)
  );
}

function many(variable: QueryVariableBuilder): QueryVariableBuilder {
  return variable
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}
