import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { colour, outcomeLines } from './palette.js';
import { NONE } from './panels/panel-spec.js';
import { timeSeries } from './panels/time-series.js';
import { happened, meanAnswer, perServer, rate } from './promql.js';
import { series } from './query.js';
import { THIS } from './server-now.js';

/** How Ballast reaches the server. */
export function serverContact(): Panel[] {
  const half = { width: 12, height: 7, min: 0 };
  return [
    timeSeries({
      ...half,
      id: 16,
      title: 'Time to answer',
      help: {
        shows:
          "the mean time this server took to answer Ballast's calls. A gap: it answered none, it refused or broke connections.",
        normal: 'some tens of milliseconds.',
        act: 'above a second: the server is overloaded, or the way to it is.',
      },
      unit: 's',
      queries: [series(meanAnswer('', THIS), 'mean')],
      lines: [{ name: 'mean', color: colour.sky }],
    }),
    timeSeries({
      ...half,
      id: 17,
      title: 'Polls that failed',
      help: {
        shows: 'polls that failed, by cause.',
        normal: 'none.',
        act: 'the cause names it: refused (nothing listens), timeout (it hangs), tls (its certificate), notBbb (a proxy answers in its place).',
      },
      unit: 'short',
      decimals: 0,
      queries: [series(happened('ballast_poll_failures_total', 'cause', THIS), '{{cause}}')],
      isStacked: true,
      hasBars: true,
      whenEmpty: NONE,
    }),
    timeSeries({
      ...half,
      id: 18,
      title: 'Age of the newest poll and sample',
      help: {
        shows: 'how old what Ballast knows of this server is: its newest good poll, and its newest sample.',
        normal: 'saw teeth below the intervals (10 s unless set).',
        act: 'poll age rises: the server. Sample age rises: Telegraf on it.',
      },
      unit: 's',
      queries: [
        series(perServer('ballast_server_poll_age_seconds', THIS), 'poll'),
        series(perServer('ballast_server_sample_age_seconds', THIS), 'sample'),
      ],
      lines: [
        { name: 'poll', color: colour.sky },
        { name: 'sample', color: colour.orange },
      ],
    }),
    timeSeries({
      ...half,
      id: 19,
      title: 'Calls by outcome',
      help: {
        shows: 'calls a minute to this server, polls included.',
        normal: 'steady, nearly all "success".',
        act: 'other outcomes name what is wrong with it.',
      },
      unit: 'short',
      queries: [series(`60 * ${rate('ballast_upstream_requests_total', 'outcome', THIS)}`, '{{outcome}}')],
      isStacked: true,
      lines: outcomeLines(),
    }),
  ];
}
