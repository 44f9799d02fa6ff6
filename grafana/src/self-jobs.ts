import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { unknownAsDash } from './mappings.js';
import { colour, rising } from './palette.js';
import { NONE } from './panels/panel-spec.js';
import { stat } from './panels/stat.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import { events, rate } from './promql.js';
import { latest, rows, series } from './query.js';

const CHOSEN = 'instance=~"$instance"';

/** Jobs, log, callbacks, and what is cleared up. */
export function selfJobs(): Panel[] {
  return [...jobs(), ...callbacks()];
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
        normal: '0, or up to a minute old: an end waits for the poll that sees it.',
        act: 'older: `ballast callback list` names the front end that does not answer. They are tried for a day.',
      },
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
        shows:
          'callbacks that were delivered, tried again (retried), or given up (rejected, expired, blocked).',
        normal: 'all delivered; superseded when a meeting was moved.',
        act: 'given up: `ballast callback list --state failed`. forged or replayed: somebody else calls, or a server has a new secret.',
      },
      whenEmpty: NONE,
      unit: 'short',
      isStacked: true,
      queries: [
        series(`60 * ${rate('ballast_callbacks_total', 'kind, outcome')} > 0`, '{{kind}}: {{outcome}}'),
      ],
      lines: [
        { name: 'end: delivered', color: colour.sky },
        { name: 'recording-ready: delivered', color: colour.green },
        { name: 'analytics: delivered', color: colour.grey },
        { name: 'hook: delivered', color: colour.yellow },
      ],
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
