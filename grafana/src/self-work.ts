import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Section } from './dashboard.js';
import { colour } from './palette.js';
import { timeSeries } from './panels/time-series.js';
import { quantile, rate } from './promql.js';
import { series } from './query.js';
import { selfJobs } from './self-jobs.js';
import { selfRecordings } from './self-recordings.js';

const CHOSEN = 'instance=~"$instance"';

/** What Ballast does beside answering: database, source, jobs, callbacks, log, recordings. */
export function selfWork(): Section[] {
  return [
    { id: 101, title: 'Database', panels: store() },
    { id: 102, title: 'Samples', panels: source() },
    { id: 103, title: 'Jobs, callbacks, log', panels: selfJobs() },
    { id: 104, title: 'Recordings and webhooks', panels: selfRecordings() },
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
