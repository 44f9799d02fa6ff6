import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { unknownAsDash } from './mappings.js';
import { callLines, colour, rising } from './palette.js';
import { NONE } from './panels/panel-spec.js';
import { table } from './panels/table.js';
import { timeSeries } from './panels/time-series.js';
import { events, happened, meanAnswer, quantile, rate } from './promql.js';
import { rows, series } from './query.js';

const TENANTS = 'tenant=~"$tenant"';
const SERVERS = 'server=~"$server"';

/** What each tenant asks and uses. */
export function tenantPanels(): Panel[] {
  const half = { width: 12, height: 8, min: 0 };
  const most = (metric: string): string => `max by (tenant) (${metric}{${TENANTS}})`;
  const unknown = [unknownAsDash];
  return [
    timeSeries({
      ...half,
      id: 10,
      title: 'Requests a minute, by tenant',
      help: {
        shows: 'what each tenant asks. The first 200 have a line; the rest are "(other)".',
        normal: 'in proportion to their size.',
        act: 'one far above the others: a front end that polls too often, or an attack with its name.',
      },
      unit: 'short',
      isStacked: true,
      queries: [series(`60 * ${rate('ballast_tenant_requests_total', 'tenant', TENANTS)}`, '{{tenant}}')],
    }),
    timeSeries({
      ...half,
      id: 11,
      title: 'Time to answer, by tenant (p95)',
      help: {
        shows: '95 of 100 requests of the tenant are answered within this.',
        normal: 'about the same for all.',
        act: 'one alone is slow: are the servers that carry its tags slow or full?',
      },
      unit: 's',
      queries: [
        series(quantile(0.95, 'ballast_tenant_request_duration_seconds', 'tenant', TENANTS), '{{tenant}}'),
      ],
    }),
    table({
      id: 12,
      title: 'Tenants and their limits',
      help: {
        shows: 'what each tenant uses of what it may. "–": no limit is set, or nothing is known.',
        normal: 'below the limits.',
        act: 'at a limit its creates fail (tenant-limit): raise it, or tell the tenant.',
      },
      width: 24,
      height: 7,
      unit: 'short',
      joinBy: 'tenant',
      sortBy: { from: 'Value #A', isDescending: true },
      queries: [
        rows(most('ballast_tenant_attendees')),
        rows(most('ballast_tenant_attendees_limit')),
        rows(most('ballast_tenant_meetings')),
        rows(most('ballast_tenant_meetings_limit')),
        rows(`max by (tenant) (${usage('attendees')} or ${usage('meetings')})`),
        rows(events('ballast_tenant_requests_total', 'tenant', TENANTS, '$__range')),
      ],
      columns: [
        { from: 'tenant', title: 'Tenant' },
        { from: 'Value #A', title: 'Attendees', width: 110, decimals: 0, mappings: unknown },
        { from: 'Value #B', title: 'May have', width: 110, decimals: 0, mappings: unknown },
        { from: 'Value #C', title: 'Meetings', width: 110, decimals: 0, mappings: unknown },
        { from: 'Value #D', title: 'May hold', width: 110, decimals: 0, mappings: unknown },
        {
          from: 'Value #E',
          title: 'Of its limit',
          width: 220,
          unit: 'percentunit',
          decimals: 0,
          mappings: unknown,
          cell: 'gauge',
          max: 1,
          thresholds: rising(0.8, 1),
        },
        {
          from: 'Value #F',
          title: 'Requests in this time',
          width: 180,
          unit: 'locale',
          decimals: 0,
          mappings: unknown,
        },
      ],
    }),
  ];
}

/** What tenants use of one of their limits; its name tells the two apart. */
function usage(what: string): string {
  const ratio = `ballast_tenant_${what}{${TENANTS}} / ballast_tenant_${what}_limit`;
  return `label_replace(${ratio}, "limit", "${what}", "", "")`;
}

/** How the servers answer what Ballast asks them. */
export function upstreamPanels(): Panel[] {
  const half = { width: 12, height: 8, min: 0 };
  return [
    timeSeries({
      ...half,
      id: 13,
      title: 'Mean time to answer, by server',
      help: {
        shows:
          "the mean time each server took to answer Ballast's calls and polls. A gap: it answered none, it refused or broke connections.",
        normal: 'tens of milliseconds, close to each other.',
        act: 'one far above the others: overloaded, or its network is.',
      },
      unit: 's',
      isPerServer: true,
      queries: [series(meanAnswer('server', SERVERS, '$interval'), '{{server}}')],
    }),
    timeSeries({
      ...half,
      id: 14,
      title: 'Time of servers to answer, by call (p95)',
      help: {
        shows: '95 of 100 calls to servers are answered within this, by call.',
        normal: 'create takes longest, some hundred milliseconds.',
        act: 'getMeetings above a second: many meetings, or servers at their limit.',
      },
      unit: 's',
      queries: [series(quantile(0.95, 'ballast_upstream_request_duration_seconds', 'call'), '{{call}}')],
      lines: callLines(),
    }),
    timeSeries({
      ...half,
      id: 15,
      title: 'Calls to servers that failed',
      help: {
        shows:
          'calls without a usable answer, by server and outcome. "failed" is an answer FAILED of BBB and not counted here.',
        normal: 'none.',
        act: 'refused: nothing listens. timeout: it hangs. tls: its certificate. notBbb: a proxy answers in its place.',
      },
      unit: 'short',
      decimals: 0,
      hasBars: true,
      whenEmpty: NONE,
      isStacked: true,
      queries: [
        series(
          happened(
            'ballast_upstream_requests_total',
            'server, outcome',
            `${SERVERS},outcome!~"success|failed"`,
          ),
          '{{server}}: {{outcome}}',
        ),
      ],
    }),
    timeSeries({
      ...half,
      id: 17,
      title: 'Calls tried again, and servers asked again',
      help: {
        shows:
          'calls that only read and were sent once more, since the server had closed the connection; and servers that refused connections to a running meeting and were asked again a moment later.',
        normal:
          'a few: idle connections are closed now and then, and a server that restarts refuses for seconds.',
        act: 'all day: connections to that server break; look at its proxy and at the network between.',
      },
      unit: 'short',
      decimals: 0,
      hasBars: true,
      whenEmpty: NONE,
      isStacked: true,
      queries: [
        series(happened('ballast_upstream_retries_total', 'server', SERVERS), '{{server}}: sent again'),
        series(
          happened('ballast_server_probes_total', 'server, outcome', SERVERS),
          '{{server}}: asked, {{outcome}}',
        ),
      ],
    }),
    timeSeries({
      ...half,
      id: 18,
      title: 'Answers made of an older poll',
      help: {
        shows:
          'calls such as getMeetings that were answered with what an older poll knew, since a server did not answer in time.',
        normal: 'none.',
        act: 'the servers behind are too slow: "Mean time to answer" names them.',
      },
      unit: 'short',
      decimals: 0,
      hasBars: true,
      whenEmpty: NONE,
      isStacked: true,
      queries: [series(happened('ballast_api_stale_answers_total', 'call'), '{{call}}')],
    }),
    timeSeries({
      ...half,
      id: 16,
      title: 'Time of a poll',
      help: {
        shows: 'how long polls of servers take: half of them, and 99 of 100, take no longer.',
        normal: 'tens of milliseconds.',
        act: '99 of 100 near poll.timeout (5 s unless set): one server hangs; "Mean time to answer" names it.',
      },
      unit: 's',
      queries: [
        series(quantile(0.5, 'ballast_poll_duration_seconds'), 'half'),
        series(quantile(0.99, 'ballast_poll_duration_seconds'), '99 of 100'),
      ],
      lines: [
        { name: 'half', color: colour.sky },
        { name: '99 of 100', color: colour.orange },
      ],
    }),
  ];
}
