import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { attention } from './attention.js';
import { dashboard } from './dashboard.js';
import { severity, upDown } from './mappings.js';
import { colour, falling, plain, rising } from './palette.js';
import { stat } from './panels/stat.js';
import { table } from './panels/table.js';
import { limitLine, timeSeries } from './panels/time-series.js';
import { events, perServer, pool, rate } from './promql.js';
import { latest, rows, series } from './query.js';
import { serverTable } from './server-table.js';
import { datasourceVariable } from './variables.js';

/** Load of the servers that are meant to carry meetings, full ones as 1. */
const USED = `clamp_max(${perServer('ballast_server_load')}, 1)
  and on (server) (ballast_server_health{state="online"} == 1)
  and on (server) (ballast_server_admin_state{state="enabled"} == 1)`;
const HEADROOM = `1 - avg(${USED})`;
const ENABLED = 'count(max by (server) (ballast_server_admin_state{state="enabled"}) == 1)';

/** The state of the pool at a glance. */
export function poolDashboard(): Dashboard {
  return dashboard({
    uid: 'ballast-pool',
    title: 'Ballast / Pool',
    description: 'Is the pool well, how full is it, and what needs somebody now?',
    from: 'now-3h',
    variables: [datasourceVariable()],
    sections: [
      { id: 100, title: 'Right now', panels: [...glance(), ...needs(), serverTable(9)] },
      { id: 101, title: 'People and room', panels: people() },
      { id: 102, title: 'Where meetings go', panels: placements() },
    ],
  });
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
        normal: 'both figures are the same, or differ by servers that are full for the moment.',
        act: 'the table of servers below says which one is left out, "Why servers get no new meetings" why.',
      },
      width: 6,
      queries: [
        latest(`sum(${perServer('ballast_server_eligible')})`, 'take meetings'),
        latest(ENABLED, 'enabled'),
      ],
      hasNames: true,
      thresholds: falling(1, 1),
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
      width: 4,
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
          'the part of the pool that is free: 1 minus the mean load of all servers that are online and enabled, with what is promised and predicted.',
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
          'meetings in the chosen time that could not be started for want of a server. Those that a server itself refused are left out: they are mostly mistakes of a front end.',
        normal: '0.',
        act: 'the dashboard "Placement" tells the reasons.',
      },
      width: 4,
      decimals: 0,
      queries: [
        latest(
          `${events('ballast_placement_failures_total', '', 'reason!="relayed"', '$__range')} or 0 * count(ballast_build_info)`,
          'failed',
        ),
      ],
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
      width: 3,
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
        normal: 'empty ("No data").',
        act: 'the first row first. The runbooks (docs/runbooks.md) say what to look at for each.',
      },
      width: 14,
      height: 7,
      unit: 'short',
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
        normal: 'empty ("No data"), with the rules loaded.',
        act: 'docs/runbooks.md has a section for each alert.',
      },
      width: 10,
      height: 7,
      unit: 'short',
      queries: [
        rows('max by (alertname, severity, server) (ALERTS{alertname=~"Ballast.*", alertstate="firing"})'),
      ],
      sortBy: { from: 'severity', isDescending: false },
      columns: [
        { from: 'severity', title: 'Severity', width: 100 },
        { from: 'alertname', title: 'Alert' },
        { from: 'server', title: 'Server', width: 140 },
      ],
    }),
  ];
}

function people(): Panel[] {
  const half = { width: 12, height: 8, isPerServer: true, min: 0 };
  return [
    timeSeries({
      ...half,
      id: 10,
      title: 'Attendees by server',
      help: {
        shows: 'people on each server, one above the other: the upper edge is the whole pool.',
        normal: 'bands that grow and shrink together.',
        act: 'a band that ends while others go on is a server whose people were cut off.',
      },
      unit: 'short',
      queries: [series(perServer('ballast_server_attendees'), '{{server}}')],
      isStacked: true,
    }),
    timeSeries({
      ...half,
      id: 11,
      title: 'Meetings by server',
      help: {
        shows: 'running meetings on each server, one above the other.',
        normal: 'steps at the full hour.',
        act: 'compare with the attendees: many meetings and few people are not a load.',
      },
      unit: 'short',
      queries: [series(perServer('ballast_server_meetings'), '{{server}}')],
      isStacked: true,
    }),
    timeSeries({
      ...half,
      id: 12,
      title: 'Load by server',
      help: {
        shows:
          'the tightest resource of each server against its limit, as placement sees it now, with what is promised and predicted. The dashed line is the limit.',
        normal: 'lines close to each other, below 1.',
        act: 'all near 1: the pool is full. One far above the others: open its dashboard, something else may burn its CPU.',
      },
      unit: 'short',
      decimals: 2,
      softMax: 1.1,
      queries: [series(perServer('ballast_server_load'), '{{server}}')],
      thresholds: limitAt(1),
    }),
    timeSeries({
      id: 13,
      width: 12,
      height: 8,
      title: 'Head-room and the fullest server',
      help: {
        shows:
          'the free part of the pool, and the load of the fullest and of the emptiest server that is online and enabled.',
        normal: 'head-room above 20 % (dashed), fullest and emptiest close to each other.',
        act: 'head-room low: more servers. Wide apart for long: see "Spread" on the dashboard "Placement".',
      },
      unit: 'percentunit',
      decimals: 0,
      min: 0,
      queries: [
        series(HEADROOM, 'head-room'),
        series(`max(${USED})`, 'fullest server'),
        series(`min(${USED})`, 'emptiest server'),
      ],
      lines: [
        { name: 'head-room', color: colour.sky },
        { name: 'fullest server', color: colour.orange },
        { name: 'emptiest server', color: colour.purple },
      ],
      thresholds: limitAt(0.2),
    }),
  ];
}

function placements(): Panel[] {
  const half = { width: 12, height: 8, min: 0 };
  return [
    timeSeries({
      ...half,
      id: 14,
      title: 'New meetings a minute, by server',
      help: {
        shows: 'how many meetings a minute were placed on each server.',
        normal: 'every server that takes meetings gets some; large ones more.',
        act: 'a server that gets none: is it cordoned, unstable, full? See the table of servers.',
      },
      unit: 'short',
      decimals: 1,
      queries: [series(`60 * ${rate('ballast_placements_total', 'server')}`, '{{server}}')],
      isStacked: true,
      isPerServer: true,
    }),
    timeSeries({
      ...half,
      id: 15,
      title: 'Why servers get no new meetings',
      help: {
        shows: 'how many servers are left out by placement, by reason.',
        normal: 'none, or those that somebody cordoned.',
        act: '"at its limit" for many: the pool is full. Other reasons name what is wrong with the server.',
      },
      unit: 'short',
      decimals: 0,
      queries: [series('sum by (reason) (max by (server, reason) (ballast_server_excluded))', '{{reason}}')],
      isStacked: true,
    }),
    timeSeries({
      ...half,
      id: 16,
      title: 'CPU by server',
      help: {
        shows: "the hosts' busy CPU over Ballast's window, as it reached Ballast.",
        normal: 'below the limits of the table above.',
        act: 'a line that ends: its samples do not arrive any more (Telegraf, network, token).',
      },
      unit: 'percentunit',
      decimals: 0,
      softMax: 1,
      queries: [series(perServer('ballast_server_cpu_ratio'), '{{server}}')],
      isPerServer: true,
    }),
    timeSeries({
      ...half,
      id: 17,
      title: 'Age of the newest sample',
      help: {
        shows:
          'how old the newest measurement of each host is when Ballast uses it. From metrics.maxAge on (2 minutes unless set) it counts as unknown.',
        normal: "saw teeth below Telegraf's interval plus Ballast's refresh.",
        act: 'one line that rises: Telegraf on that host. All of them: the metrics source.',
      },
      unit: 's',
      decimals: 0,
      queries: [series(perServer('ballast_server_sample_age_seconds'), '{{server}}')],
      isPerServer: true,
    }),
  ];
}

function limitAt(value: number): ReturnType<typeof plain> {
  return plain('transparent').steps([
    { value: null, color: 'transparent' },
    { value, color: limitLine('').color },
  ]);
}
