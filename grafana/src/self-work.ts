import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Section } from './dashboard.js';
import { colour, rising } from './palette.js';
import { unknownAsDash } from './mappings.js';
import { stat } from './panels/stat.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import { events, quantile, rate } from './promql.js';
import { latest, rows, series } from './query.js';

const CHOSEN = 'instance=~"$instance"';

/** What Ballast does beside answering: database, source, jobs, callbacks, log. */
export function selfWork(): Section[] {
  return [
    { id: 101, title: 'Database', panels: store() },
    { id: 102, title: 'Samples', panels: source() },
    { id: 103, title: 'Jobs, callbacks, log', panels: [...jobs(), ...callbacks()] },
  ];
}

function store(): Panel[] {
  const third = { width: 8, height: 8, min: 0 };
  return [
    timeSeries({
      ...third,
      id: 8,
      title: 'Time of the database (p99)',
      help: {
        shows: '99 of 100 reads and writes take no longer, their place in the queue included.',
        normal: 'reads below a millisecond, writes some.',
        act: 'writes above 100 ms: the disk. Creates wait for them.',
      },
      unit: 's',
      queries: [
        series(
          quantile(0.99, 'ballast_store_operation_duration_seconds', 'operation', CHOSEN),
          '{{operation}}',
        ),
      ],
      lines: [
        { name: 'read', color: colour.sky },
        { name: 'write', color: colour.orange },
      ],
    }),
    timeSeries({
      ...third,
      id: 9,
      title: 'Writes that wait',
      help: {
        shows: 'claims and changes of meetings that wait for their common commit; reads and writes a second.',
        normal: 'a queue of 0 or 1.',
        act: 'a queue that grows: the disk is too slow, or another process holds the database.',
      },
      unit: 'short',
      queries: [
        series(`sum(ballast_store_queue_length{${CHOSEN}})`, 'waiting'),
        series(
          rate('ballast_store_operation_duration_seconds_count', 'operation', CHOSEN),
          '{{operation}}s a second',
        ),
      ],
      lines: [
        { name: 'waiting', color: colour.vermillion },
        { name: 'reads a second', color: colour.sky },
        { name: 'writes a second', color: colour.orange },
      ],
    }),
    timeSeries({
      ...third,
      id: 10,
      title: 'Size of the database, and failures',
      help: {
        shows: 'the file with its write-ahead log, and reads or writes that failed.',
        normal: 'grows to what 90 days of history need, and stays; no failures.',
        act: 'a failure: disk full, or the file cannot be written. The log has the cause.',
      },
      unit: 'bytes',
      queries: [
        series(`max(ballast_store_size_bytes{${CHOSEN}})`, 'size'),
        series(`sum(increase(ballast_store_failures_total{${CHOSEN}}[$__rate_interval]))`, 'failures'),
      ],
      lines: [
        { name: 'size', color: colour.sky },
        { name: 'failures', color: colour.vermillion, rightUnit: 'short' },
      ],
    }),
  ];
}

function source(): Panel[] {
  const third = { width: 8, height: 8, min: 0 };
  return [
    timeSeries({
      ...third,
      id: 11,
      title: 'Time of a query for samples',
      help: {
        shows: 'half, and 99 of 100, of the queries to the metrics source take no longer.',
        normal: 'some tens of milliseconds, whatever the number of servers.',
        act: 'seconds: the source is overloaded; placement goes on with older samples.',
      },
      unit: 's',
      queries: [
        series(quantile(0.5, 'ballast_metrics_query_duration_seconds', '', CHOSEN), 'half'),
        series(quantile(0.99, 'ballast_metrics_query_duration_seconds', '', CHOSEN), '99 of 100'),
      ],
      lines: [
        { name: 'half', color: colour.sky },
        { name: '99 of 100', color: colour.orange },
      ],
    }),
    timeSeries({
      ...third,
      id: 12,
      title: 'Queries for samples that failed',
      help: {
        shows: 'queries a minute that failed, and how long ago the last one succeeded.',
        normal: 'none, and a few seconds.',
        act: 'is the source up, and does the token still hold? `ballast doctor`.',
      },
      softMax: 1,
      unit: 'short',
      queries: [
        series(`60 * ${rate('ballast_metrics_query_failures_total', '', CHOSEN)}`, 'fail a minute'),
        series(
          `time() - min(ballast_metrics_source_last_success_timestamp_seconds{${CHOSEN}})`,
          'last success ago',
        ),
      ],
      lines: [
        { name: 'fail a minute', color: colour.vermillion },
        { name: 'last success ago', color: colour.sky, rightUnit: 's' },
      ],
    }),
    timeSeries({
      ...third,
      id: 13,
      title: 'Samples sent to Ballast itself',
      help: {
        shows:
          'lines a second that Telegraf writes to Ballast (metrics.source: ingest), and those that were not taken.',
        normal: 'steady, none refused. Nothing with another source.',
        act: 'no-host: a SERVER_ID that is in no cluster file. future: the clock of a host. Tokens: 401 in its log.',
      },
      unit: 'short',
      queries: [
        series(rate('ballast_ingest_lines_total', '', CHOSEN), 'lines'),
        series(`${rate('ballast_ingest_rejected_total', 'reason', CHOSEN)} > 0`, 'refused: {{reason}}'),
      ],
      lines: [{ name: 'lines', color: colour.sky }],
    }),
  ];
}

function jobs(): Panel[] {
  const byJob = (metric: string, how = 'max'): string => `${how} by (exported_job) (${metric}{${CHOSEN}})`;
  const unknown = [unknownAsDash];
  return [
    table({
      id: 14,
      title: 'Jobs',
      help: {
        shows:
          'each periodic job: how long ago it succeeded, how often it should run, how long the last run took, and runs that failed in the chosen time.',
        normal: '"last success" below "every".',
        act: 'above three times "every": the log says why it fails.',
      },
      width: 12,
      height: 9,
      unit: 'short',
      joinBy: 'exported_job',
      sortBy: { from: 'Value #D', isDescending: true },
      queries: [
        rows(`time() - ${byJob('ballast_job_last_success_timestamp_seconds')}`),
        rows(byJob('ballast_job_interval_seconds')),
        rows(byJob('ballast_job_last_duration_seconds')),
        rows(`sum by (exported_job) (increase(ballast_job_failures_total{${CHOSEN}}[$__range]))`),
      ],
      columns: [
        { from: 'exported_job', title: 'Job' },
        { from: 'Value #A', title: 'Last success', width: 105, unit: 's', decimals: 0, mappings: unknown },
        { from: 'Value #B', title: 'Every', width: 95, unit: 's', decimals: 0, mappings: unknown },
        { from: 'Value #C', title: 'Took', width: 85, unit: 's', decimals: 1, mappings: unknown },
        {
          from: 'Value #D',
          title: 'Failed',
          width: 75,
          decimals: 0,
          mappings: unknown,
          thresholds: rising(0.5, 3),
          cell: 'text',
        },
      ],
    }),
    timeSeries({
      id: 15,
      width: 12,
      height: 9,
      min: 0,
      title: 'Lines in the log a minute, by level',
      help: {
        shows:
          'error: somebody must act. warn: it heals itself. info: a state changed. debug: a round went by.',
        normal: 'no errors; warnings when a server fails.',
        act: 'errors: read them. A flood of warnings: one server that flaps.',
      },
      unit: 'short',
      isStacked: true,
      queries: [series(`60 * ${rate('ballast_log_messages_total', 'level', CHOSEN)}`, '{{level}}')],
      lines: [
        { name: 'error', color: colour.vermillion },
        { name: 'warn', color: colour.orange },
        { name: 'info', color: colour.sky },
        { name: 'debug', color: colour.grey },
      ],
    }),
  ];
}

function callbacks(): Panel[] {
  return [
    stat({
      id: 16,
      width: 6,
      height: 6,
      title: 'Callbacks that wait',
      help: {
        shows: 'callbacks to front ends that are yet to be delivered, and the age of the oldest.',
        normal: '0, or a few seconds old.',
        act: 'does the front end answer? They are tried again, and are kept over a restart.',
      },
      whenEmpty: 'none yet',
      unit: 'short',
      decimals: 0,
      hasNames: true,
      queries: [
        latest('max(ballast_callbacks_pending)', 'waiting'),
        latest('max(ballast_callbacks_oldest_seconds)', 'oldest, seconds'),
      ],
      thresholds: rising(50, 500),
    }),
    timeSeries({
      id: 17,
      width: 9,
      height: 6,
      min: 0,
      title: 'Callbacks a minute, by kind and outcome',
      help: {
        shows: 'callbacks that were delivered, tried again, or given up.',
        normal: 'all delivered.',
        act: 'given up: the front end refused them for days; see the log for its address.',
      },
      whenEmpty: 'None in this time',
      unit: 'short',
      isStacked: true,
      queries: [series(`60 * ${rate('ballast_callbacks_total', 'kind, outcome')}`, '{{kind}}: {{outcome}}')],
    }),
    timeSeries({
      id: 18,
      width: 9,
      height: 6,
      min: 0,
      title: 'Copies of meetings that are cleared up',
      help: {
        shows: 'meetings seen on two servers, unwanted copies yet to be ended, and copies ended.',
        normal: 'none; some when a server returns that was given up.',
        act: 'split for minutes: people sit in two rooms. `ballast meeting list` names them.',
      },
      unit: 'short',
      decimals: 0,
      queries: [
        series('max(ballast_split_meetings)', 'on two servers'),
        series('max(ballast_orphan_meetings)', 'copies to end'),
        series(events('ballast_copies_ended_total', 'outcome'), 'copies {{outcome}}'),
      ],
      lines: [
        { name: 'on two servers', color: colour.vermillion },
        { name: 'copies to end', color: colour.orange },
        { name: 'copies ended', color: colour.sky },
        { name: 'copies failed', color: colour.purple },
      ],
    }),
  ];
}
