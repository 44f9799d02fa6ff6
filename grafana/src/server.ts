import {
  AnnotationQueryBuilder,
  type Dashboard,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './dashboard.js';
import { cpuBusy, memoryUsed, networkBytes } from './host-flux.js';
import { colour, state } from './palette.js';
import { limitLine, timeSeries } from './panels/time-series.js';
import { events, perServer, rate } from './promql.js';
import { flux, ofCluster, prometheus, series } from './query.js';
import { serverContact } from './server-contact.js';
import { serverNow, THIS } from './server-now.js';
import { clusterVariable, datasourceVariable, influxVariable, oneServerVariable } from './variables.js';

/** One server over the day: cause above effect. */
export function serverDashboard(): Dashboard {
  return dashboard({
    uid: 'ballast-server',
    title: 'Ballast / Server',
    description:
      'One server over the day: people, meetings and placements above, what the host makes of them (Telegraf) below.',
    from: 'now-12h',
    variables: [datasourceVariable(), influxVariable(), clusterVariable(), oneServerVariable()],
    annotations: [
      stateChanges('unstable', 'unstable', 'state="unstable"', state.look),
      stateChanges('online', 'online again', 'state="online"', state.fine),
      // The last one is drawn over the others.
      stateChanges('offline', 'offline or wrong secret', 'state=~"offline|wrong-secret"', state.act),
    ],
    sections: [
      { id: 100, title: 'Right now', panels: serverNow() },
      { id: 101, title: 'Cause: people and placements', panels: causes() },
      { id: 102, title: 'Effect: the host', panels: effects() },
      { id: 103, title: 'Contact', panels: serverContact() },
    ],
  });
}

function stateChanges(name: string, title: string, selector: string, color: string): AnnotationQueryBuilder {
  const expr = `${events('ballast_server_health_changes_total', 'server, state', `${THIS},${selector}`)} > 0`;
  return new AnnotationQueryBuilder()
    .name(`Becomes ${title}`)
    .datasource(prometheus)
    .enable(true)
    .iconColor(color)
    .expr(ofCluster(expr))
    .step('15s')
    .titleFormat(`{{server}}: ${name}`)
    .textFormat('{{state}}')
    .tagKeys('state');
}

function causes(): Panel[] {
  const wide = { width: 24, height: 6, min: 0, isAligned: true };
  return [
    timeSeries({
      ...wide,
      id: 10,
      title: 'Attendees',
      help: {
        shows:
          'people on this server, and those promised to its young meetings and not yet there on top; the limit where one is set.',
        normal: 'both lines meet again some minutes after the full hour.',
        act: 'apart for long, and nobody comes: front ends create meetings ahead of time.',
      },
      unit: 'short',
      decimals: 0,
      queries: [
        series(perServer('ballast_server_attendees', THIS), 'attendees'),
        series(
          `${perServer('ballast_server_attendees', THIS)} + on (server) ${perServer('ballast_server_reserved_attendees', THIS)}`,
          'with those reserved',
        ),
        series(perServer('ballast_server_attendees_limit', THIS), 'limit'),
      ],
      lines: [
        { name: 'attendees', color: colour.sky, isArea: true },
        { name: 'with those reserved', color: colour.yellow },
        limitLine('limit'),
      ],
    }),
    timeSeries({
      ...wide,
      id: 11,
      title: 'Meetings and placements',
      help: {
        shows:
          'running meetings; new ones a minute, and creates that moved away because this server failed them.',
        normal: 'steps at the full hour; no moves.',
        act: 'moves: the server fails creates. See Contact below.',
      },
      unit: 'short',
      queries: [
        series(perServer('ballast_server_meetings', THIS), 'meetings'),
        series(`60 * ${rate('ballast_placements_total', '', THIS)}`, 'placed a minute'),
        series(events('ballast_placement_retries_total', '', THIS), 'moved away'),
        series(perServer('ballast_server_meetings_limit', THIS), 'limit'),
      ],
      lines: [
        { name: 'meetings', color: colour.sky },
        { name: 'placed a minute', color: colour.green },
        { name: 'moved away', color: colour.orange },
        limitLine('limit'),
      ],
    }),
  ];
}

function effects(): Panel[] {
  const wide = { width: 24, height: 6, min: 0, isAligned: true, interval: '10s' };
  const limit = (resource: string): string =>
    perServer('ballast_server_limit_ratio', `${THIS},resource="${resource}"`);
  return [
    timeSeries({
      ...wide,
      id: 12,
      title: 'Load',
      help: {
        shows:
          'the tightest resource against its limit (dashed, 1), as placement sees it: measured, promised and predicted.',
        normal: 'rises a little before the CPU does.',
        act: 'load high and CPU low for long: too much is expected of its meetings; see "Prediction" on the dashboard "Placement".',
      },
      unit: 'short',
      decimals: 2,
      softMax: 1.1,
      queries: [series(perServer('ballast_server_load', THIS), 'load'), series('vector(1)', 'limit')],
      lines: [{ name: 'load', color: colour.sky }, limitLine('limit')],
    }),
    timeSeries({
      ...wide,
      id: 13,
      title: 'CPU',
      help: {
        shows:
          'what Telegraf measured on the host (InfluxDB), the mean Ballast uses of it, what was forecast for this moment, and the part that people do not explain; the limit that holds for it.',
        normal: 'measured follows the attendees above, and the forecast is near it.',
        act: 'CPU without people: recordings are processed, or something else runs there. Above the limit: cordon it.',
      },
      unit: 'percentunit',
      max: 1,
      queries: [
        flux(cpuBusy('measured')),
        series(perServer('ballast_server_cpu_ratio', THIS), "Ballast's mean"),
        series(perServer('ballast_server_forecast_cpu_ratio', THIS), 'forecast for now'),
        series(`clamp_min(${perServer('ballast_server_background_cpu_ratio', THIS)}, 0)`, 'not by people'),
        series(limit('cpu'), 'limit'),
      ],
      lines: [
        { name: 'measured', color: colour.sky },
        { name: "Ballast's mean", color: colour.blue },
        { name: 'forecast for now', color: colour.yellow },
        { name: 'not by people', color: colour.purple },
        limitLine('limit'),
      ],
    }),
    timeSeries({
      ...wide,
      id: 14,
      title: 'Memory',
      help: {
        shows: 'memory in use on the host as Telegraf measured it (InfluxDB), and as Ballast has it.',
        normal: 'rises slowly with people, below the limit.',
        act: 'rises without people: something leaks there. A restart of its services at night helps for a while.',
      },
      unit: 'percentunit',
      max: 1,
      queries: [
        flux(memoryUsed('measured')),
        series(perServer('ballast_server_memory_ratio', THIS), "Ballast's value"),
        series(limit('memory'), 'limit'),
      ],
      lines: [
        { name: 'measured', color: colour.sky },
        { name: "Ballast's value", color: colour.blue },
        limitLine('limit'),
      ],
    }),
    timeSeries({
      ...wide,
      id: 15,
      title: 'Network',
      help: {
        shows:
          'bytes a second received and sent by the host, all its cards (InfluxDB), and both together as Ballast has it.',
        normal: 'sent is many times what is received: one camera goes out to many.',
        act: 'flat at the top: the line is full. Give the server a network limit or fewer meetings with cameras.',
      },
      unit: 'Bps',
      queries: [
        flux(networkBytes()),
        series(perServer('ballast_server_network_bytes_per_second', THIS), "Ballast's sum"),
      ],
      lines: [
        { name: 'received', color: colour.green },
        { name: 'sent', color: colour.sky },
        { name: "Ballast's sum", color: colour.blue },
      ],
    }),
  ];
}
