import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './dashboard.js';
import { colour, exclusionLines, limitAt } from './palette.js';
import { NONE } from './panels/panel-spec.js';
import { timeSeries } from './panels/time-series.js';
import { HEADROOM, perServer, rate, USED } from './promql.js';
import { series } from './query.js';
import { poolNow } from './pool-now.js';
import { clusterVariable, datasourceVariable } from './variables.js';

/** The state of the pool at a glance. */
export function poolDashboard(): Dashboard {
  return dashboard({
    uid: 'ballast-pool',
    title: 'Ballast / Pool',
    description: 'Is the pool well, how full is it, and what needs somebody now?',
    from: 'now-3h',
    variables: [datasourceVariable(), clusterVariable()],
    sections: [
      { id: 100, title: 'Right now', panels: poolNow() },
      { id: 101, title: 'People and room', panels: people() },
      { id: 102, title: 'Where meetings go', panels: placements() },
    ],
  });
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
          'the free part of the pool, and the load of the fullest and of the emptiest server that is online, enabled and no spare.',
        normal: 'head-room above 20 % (dashed), fullest and emptiest close to each other.',
        act: 'head-room low: more servers. Wide apart for long: see "Spread" on the dashboard "Placement".',
      },
      unit: 'percentunit',
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
      queries: [series(`60 * ${rate('ballast_placements_total', 'server')}`, '{{server}}')],
      isStacked: true,
      isPerServer: true,
    }),
    timeSeries({
      ...half,
      id: 15,
      whenEmpty: NONE,
      lines: exclusionLines(),
      title: 'Why servers get no new meetings',
      help: {
        shows: 'how many servers are left out by placement, by reason.',
        normal: 'none, or those that somebody cordoned.',
        act: '"at a limit" for many: the pool is full. "not online": see the health of the servers. "cordoned or disabled": somebody did that.',
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
      queries: [series(perServer('ballast_server_sample_age_seconds'), '{{server}}')],
      isPerServer: true,
    }),
  ];
}
