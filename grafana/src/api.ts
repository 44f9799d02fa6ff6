import {
  HeatmapColorMode,
  HeatmapColorOptionsBuilder,
  PanelBuilder as HeatmapBuilder,
  YAxisConfigBuilder,
} from '@grafana/grafana-foundation-sdk/heatmap';
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { tenantPanels, upstreamPanels } from './api-sides.js';
import { dashboard } from './dashboard.js';
import { callLines, colour, rising } from './palette.js';
import { fill, NONE } from './panels/panel-spec.js';
import { stat } from './panels/stat.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import { countInRange, events, quantile, rate } from './promql.js';
import { buckets, latest, rows, series } from './query.js';
import {
  clusterVariable,
  datasourceVariable,
  intervalVariable,
  serversVariable,
  tenantsVariable,
} from './variables.js';

/** What front ends ask, how it is answered, and how the servers behind answer. */
export function apiDashboard(): Dashboard {
  return dashboard({
    uid: 'ballast-api',
    title: 'Ballast / API and front ends',
    description:
      'What Moodle, Greenlight and the others ask, what they get, how fast, and how fast the servers answer.',
    from: 'now-3h',
    variables: [
      datasourceVariable(),
      clusterVariable(),
      tenantsVariable(),
      serversVariable(),
      intervalVariable(),
    ],
    sections: [
      { id: 100, title: 'Requests of front ends', panels: [...figures(), ...requests()] },
      { id: 101, title: 'Tenants (the choice of Tenant filters only this section)', panels: tenantPanels() },
      { id: 102, title: 'Servers behind', panels: upstreamPanels() },
    ],
  });
}

function figures(): Panel[] {
  const small = { height: 4, width: 6, unit: 'short' };
  return [
    stat({
      ...small,
      id: 1,
      title: 'Requests a minute',
      help: {
        shows: 'calls of the BBB API that front ends and browsers make.',
        normal: 'follows the timetable; highest in the minutes around the full hour.',
        act: '0 in school hours: do the front ends reach Ballast? DNS, certificate, proxy.',
      },
      unit: 'short',
      decimals: 1,
      hasLine: true,
      queries: [series(`60 * ${rate('ballast_api_requests_total', '')}`, 'requests')],
    }),
    stat({
      ...small,
      id: 2,
      title: 'Faults in Ballast',
      help: {
        shows: 'requests in the chosen time that ended in an error of Ballast itself.',
        normal: '0.',
        act: 'the log has the request id and the cause at level error.',
      },
      decimals: 0,
      queries: [latest(countInRange('ballast_api_requests_total', 'outcome="error"'), 'faults')],
      thresholds: rising(0.5, 5),
    }),
    stat({
      ...small,
      id: 3,
      title: 'Time to answer (p99)',
      help: {
        shows: '99 of 100 requests are answered within this.',
        normal:
          'under a second: a create or a getMeetings takes as long as a server does, a join some milliseconds.',
        act: 'see which call below, and which server behind.',
      },
      unit: 's',
      hasLine: true,
      queries: [series(quantile(0.99, 'ballast_api_request_duration_seconds'), 'p99')],
      thresholds: rising(1, 5),
    }),
    stat({
      ...small,
      id: 4,
      title: 'Under way',
      help: {
        shows: 'requests that are being worked on at this moment, and calls to servers.',
        normal: 'a handful.',
        act: 'hundreds that do not go away: a server hangs.',
      },
      decimals: 0,
      hasNames: true,
      queries: [
        latest('sum(ballast_api_requests_in_flight)', 'requests'),
        latest('sum(ballast_upstream_requests_in_flight)', 'calls to servers'),
      ],
    }),
  ];
}

function requests(): Panel[] {
  const half = { width: 12, height: 8, min: 0 };
  return [
    timeSeries({
      ...half,
      id: 5,
      title: 'Requests a minute, by call',
      help: {
        shows: 'what front ends ask.',
        normal: 'isMeetingRunning and getMeetingInfo mostly; create and join around the full hour.',
        act: 'one call that grew tenfold: a front end that polls too often.',
      },
      unit: 'short',
      isStacked: true,
      queries: [series(`60 * ${rate('ballast_api_requests_total', 'call')}`, '{{call}}')],
      lines: callLines(),
    }),
    timeSeries({
      ...half,
      id: 6,
      title: 'Requests that did not succeed, a minute',
      help: {
        shows:
          'failed: answered FAILED as BBB would (a meeting not found, say); refused: wrong checksum, too large, too many; error: a fault in Ballast.',
        normal: 'some "failed": front ends ask for meetings that have ended. No "error".',
        act: 'refused for one tenant: its secret is wrong at the front end. Errors: the log.',
      },
      unit: 'short',
      isStacked: true,
      softMax: 1,
      queries: [
        series(`60 * ${rate('ballast_api_requests_total', 'outcome', 'outcome!="success"')}`, '{{outcome}}'),
      ],
      lines: [
        { name: 'failed', color: colour.sky },
        { name: 'refused', color: colour.orange },
        { name: 'error', color: colour.vermillion },
      ],
    }),
    timeSeries({
      ...half,
      id: 7,
      title: 'Time to answer, by call (p95)',
      help: {
        shows: '95 of 100 requests are answered within this, by call.',
        normal:
          'join and isMeetingRunning: milliseconds. create, end, getMeetingInfo: as long as the server takes.',
        act: 'all calls slow: Ballast itself. Only create: the servers.',
      },
      unit: 's',
      queries: [series(quantile(0.95, 'ballast_api_request_duration_seconds', 'call'), '{{call}}')],
      lines: callLines(),
    }),
    heat(),
    table({
      id: 9,
      title: 'Why requests did not succeed',
      whenEmpty: NONE,
      help: {
        shows:
          'answers FAILED in the chosen time, by call and messageKey; keys that BBB does not have count as "other".',
        normal: 'notFound from isMeetingRunning and getMeetingInfo.',
        act: 'checksumError: a wrong secret at a front end. noServerAvailable, internalError: see "Pool" and the log.',
      },
      width: 24,
      height: 7,
      unit: 'short',
      queries: [rows(`${events('ballast_api_failures_total', 'call, key', '', '$__range')} > 0`)],
      sortBy: { from: 'Value', isDescending: true },
      columns: [
        { from: 'Value', title: 'How often', width: 130, decimals: 0 },
        { from: 'call', title: 'Call', width: 260 },
        { from: 'key', title: 'messageKey' },
      ],
    }),
  ];
}

function heat(): Panel {
  return fill(new HeatmapBuilder(), {
    id: 8,
    title: 'How long requests take',
    help: {
      shows: 'how many requests took how long; brighter is more.',
      normal: 'a bright band of milliseconds, and a fainter one where servers are asked.',
      act: 'a band at the top is requests that wait for a deadline: a server hangs.',
    },
    width: 12,
    height: 8,
    unit: 'short',
    queries: [buckets(rate('ballast_api_request_duration_seconds_bucket', 'le'))],
  })
    .calculate(false)
    .color(new HeatmapColorOptionsBuilder().mode(HeatmapColorMode.Scheme).scheme('Viridis').steps(64))
    .yAxis(new YAxisConfigBuilder().unit('s'))
    .showLegend()
    .build();
}
