import { rows, type Query } from './query.js';
import { perServer } from './promql.js';

interface Finding {
  /** 1 when there is time, 2 today, 3 now. */
  readonly severity: 1 | 2 | 3;
  readonly what: string;
  /** The label that says where; none when the whole pool is meant. */
  readonly where?: string;
  /** Has values only while it holds. */
  readonly expr: string;
}

const DAYS = 86_400;

/** What an operator should know of, without any alert rule: one row each, only while it holds. */
const FINDINGS: readonly Finding[] = [
  {
    severity: 3,
    what: 'Ballast is not scraped: nothing is known',
    expr: 'absent(ballast_build_info)',
  },
  { severity: 3, what: 'offline', where: 'server', expr: health('offline') },
  { severity: 3, what: 'refuses our secret', where: 'server', expr: health('wrong-secret') },
  { severity: 2, what: 'unstable', where: 'server', expr: health('unstable') },
  { severity: 2, what: 'above its limit', where: 'server', expr: `${perServer('ballast_server_load')} > 1` },
  {
    severity: 2,
    what: 'online, but its samples are missing or too old',
    where: 'server',
    expr: `${health('online')} unless ${perServer('ballast_server_cpu_ratio')} and on () max(ballast_metrics_source_info{source!="none"})`,
  },
  {
    severity: 2,
    what: 'the metrics source fails: placement goes by people alone',
    expr: 'min(ballast_metrics_source_up) == 0',
  },
  {
    severity: 3,
    what: 'no server takes new meetings',
    expr: `sum(${perServer('ballast_server_eligible')}) == 0`,
  },
  { severity: 2, what: 'meetings live on two servers', expr: 'max(ballast_split_meetings) > 0' },
  {
    severity: 1,
    what: 'unwanted copies of meetings wait to be ended',
    expr: 'max(ballast_orphan_meetings) > 0',
  },
  {
    severity: 2,
    what: 'its certificate ends within two weeks',
    where: 'server',
    expr: `(min by (server) (ballast_server_certificate_expiry_timestamp_seconds) - time()) < ${14 * DAYS}`,
  },
  {
    severity: 1,
    what: 'above 90 % of its meetings',
    where: 'tenant',
    expr: 'max by (tenant) (ballast_tenant_meetings / ballast_tenant_meetings_limit) > 0.9',
  },
  {
    severity: 1,
    what: 'above 90 % of its attendees',
    where: 'tenant',
    expr: 'max by (tenant) (ballast_tenant_attendees / ballast_tenant_attendees_limit) > 0.9',
  },
  {
    severity: 2,
    what: 'has missed three of its runs',
    where: 'exported_job',
    expr: 'max by (exported_job) (time() - ballast_job_last_success_timestamp_seconds > 3 * ballast_job_interval_seconds)',
  },
  {
    severity: 2,
    what: 'callbacks wait for over five minutes',
    expr: 'max(ballast_callbacks_oldest_seconds) > 300',
  },
  {
    severity: 1,
    what: 'recordings could not be imported',
    expr: 'max(ballast_recording_imports_failed) > 0',
  },
];

/** One query with a row for each finding: `severity` as its value, `what`, `where`. */
export function attention(): Query {
  return rows(FINDINGS.map(rowOf).join('\nor\n'));
}

function rowOf({ severity, what, where, expr }: Finding): string {
  const held = `${severity} + 0 * (${expr})`;
  const named = `label_replace(${held}, "what", "${what}", "", "")`;
  if (where === undefined) return `label_replace(${named}, "where", "the pool", "", "")`;
  return `label_replace(${named}, "where", "${where.replace('exported_', '')} $1", "${where}", "(.+)")`;
}

function health(state: string): string {
  return `max by (server) (ballast_server_health{state="${state}"} == 1)`;
}
