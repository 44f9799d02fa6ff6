import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { attention } from './attention.js';
import { severity, upDown } from './mappings.js';
import { falling, plain, rising, scarce } from './palette.js';
import { stat } from './panels/stat.js';
import { table } from './panels/table.js';
import { countInRange, HEADROOM, OWN_FAILURES, perServer, pool } from './promql.js';
import { latest, rows, series } from './query.js';
import { serverTable } from './server-table.js';

const ENABLED = 'count(max by (server) (ballast_server_admin_state{state="enabled"}) == 1)';

/** Has a value while at least half of the enabled servers take meetings, or only while fewer do: two colours for one figure. */
function taking(comparison: '>=' | '<'): string {
  const eligible = `sum(${perServer('ballast_server_eligible')})`;
  return `${eligible} ${comparison} 0.5 * (${ENABLED} or 0 * ${eligible})`;
}

/** The alerts that fire, in `about` what they are about: of which server, tenant, job or call, and which resource or replica. */
function firing(): string {
  const labels = 'alertname, severity, server, tenant, exported_job, call, resource, instance';
  const alerts = `max by (${labels}) (ALERTS{alertname=~"Ballast.*", alertstate="firing"})`;
  const who = `label_join(${alerts}, "who", "", "server", "tenant", "exported_job", "call")`;
  const what = `label_join(${who}, "what", "", "resource", "instance")`;
  // Where one of the two is missing, so is the blank.
  return `label_replace(label_join(${what}, "about", " ", "who", "what"), "about", "$1", "about", " *(.*[^ ]) *")`;
}

/** How the pool is at this moment, and what needs somebody. */
export function poolNow(): Panel[] {
  return [...glance(), ...needs(), serverTable(9)];
}

function glance(): Panel[] {
  const small = { height: 4, unit: 'short' };
  return [
    stat({
      ...small,
      id: 1,
      title: 'Servers taking new meetings',
      help: {
        shows: 'how many servers a new meeting could go to at this moment, and how many are enabled.',
        normal:
          'both figures are the same, or differ by servers that are full for the moment. Under half of them is orange.',
        act: 'the table of servers below says which one is left out and why.',
      },
      width: 6,
      queries: [
        latest(taking('>='), 'take meetings'),
        latest(taking('<'), 'take meetings, under half'),
        latest(ENABLED, 'enabled'),
      ],
      hasNames: true,
      thresholds: falling(1, 1),
      thresholdsOf: [
        { name: 'take meetings, under half', thresholds: scarce() },
        { name: 'enabled', thresholds: plain() },
      ],
    }),
    stat({
      ...small,
      id: 2,
      title: 'Attendees',
      help: {
        shows: 'people in all meetings, as the newest polls counted them.',
        normal: 'follows the timetable.',
        act: 'a sudden fall while servers are online means that people are cut off: look at the servers that lost them.',
      },
      width: 3,
      queries: [series(pool('ballast_server_attendees'), 'attendees')],
      hasLine: true,
    }),
    stat({
      ...small,
      id: 3,
      title: 'Meetings',
      help: {
        shows: 'running meetings, as the newest polls counted them.',
        normal: 'follows the timetable.',
        act: 'meetings without people that stay for hours are not ended by their front end.',
      },
      width: 3,
      queries: [series(pool('ballast_server_meetings'), 'meetings')],
      hasLine: true,
    }),
    stat({
      ...small,
      id: 4,
      title: 'Head-room',
      help: {
        shows:
          'the free part of the pool: 1 minus the load of all servers that are online, enabled and no spares, each with its cores, promised and predicted load included.',
        normal: 'above 20 %, also in the full hour.',
        act: 'enable spare servers, uncordon what was cordoned for no reason, or add servers.',
      },
      width: 4,
      unit: 'percentunit',
      decimals: 0,
      queries: [series(HEADROOM, 'head-room')],
      hasLine: true,
      thresholds: falling(0.1, 0.2),
    }),
    stat({
      ...small,
      id: 5,
      title: 'Creates that failed',
      help: {
        shows:
          'meetings in the chosen time that could not be started for want of a server. Left out: what a server or a limit refused for what was asked (mostly mistakes of a front end), and creates of meetings whose server fails and is not given up yet (that server has a row below).',
        normal: '0.',
        act: 'the dashboard "Placement" tells the reasons.',
      },
      width: 4,
      decimals: 0,
      queries: [latest(countInRange('ballast_placement_failures_total', OWN_FAILURES), 'failed')],
      thresholds: rising(0.5, 5),
    }),
    stat({
      ...small,
      id: 6,
      title: 'Metrics source',
      help: {
        shows: 'whether Ballast gets the samples of the hosts (InfluxDB, Prometheus, or Telegraf itself).',
        normal: 'works.',
        act: 'meetings are still placed, by people alone. Run `ballast doctor`; look at InfluxDB and its token.',
      },
      width: 4,
      queries: [latest('min(ballast_metrics_source_up)', 'source')],
      mappings: upDown,
    }),
  ];
}

function needs(): Panel[] {
  return [
    table({
      id: 7,
      title: 'What needs attention',
      help: {
        shows:
          'everything Ballast itself knows of that somebody should look at, the most pressing first. It needs no alert rules.',
        normal: '"Nothing needs attention".',
        act: 'the first row first. The runbooks (docs/runbooks.md) say what to look at for each.',
      },
      width: 14,
      height: 7,
      unit: 'short',
      whenEmpty: 'Nothing needs attention',
      queries: [attention()],
      sortBy: { from: 'Value', isDescending: true },
      columns: [
        { from: 'Value', title: 'How soon', width: 190, mappings: severity, cell: 'text' },
        { from: 'where', title: 'Where', width: 180 },
        { from: 'what', title: 'What' },
      ],
    }),
    table({
      id: 8,
      title: 'Alerts that fire',
      help: {
        shows: "Ballast's alerts in this Prometheus, if its rules are loaded (prometheus/alerts.yml).",
        normal: 'none; so it looks without the rules, too.',
        act: 'docs/runbooks.md has a section for each alert.',
      },
      width: 10,
      height: 7,
      unit: 'short',
      whenEmpty: 'No alert fires, or no rules are loaded',
      queries: [rows(firing())],
      sortBy: { from: 'severity', isDescending: false },
      columns: [
        { from: 'severity', title: 'Severity', width: 100 },
        { from: 'alertname', title: 'Alert' },
        { from: 'about', title: 'About', width: 190 },
      ],
    }),
  ];
}
