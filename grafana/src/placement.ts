import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './dashboard.js';
import { colour, limitAt } from './palette.js';
import { NONE } from './panels/panel-spec.js';
import { stat } from './panels/stat.js';
import { timeSeries } from './panels/time-series.js';
import {
  countInRange,
  happened,
  mean,
  OWN_FAILURES,
  perServer,
  quantile,
  rate,
  reasonInWords,
} from './promql.js';
import { placementPrediction } from './placement-prediction.js';
import { latest, series } from './query.js';
import { clusterVariable, datasourceVariable, intervalVariable, serversVariable } from './variables.js';

/** Selects the servers of the dashboard's variable. */
const CHOSEN = 'server=~"$server"';

/** How meetings are placed, and whether what was predicted came true. */
export function placementDashboard(): Dashboard {
  return dashboard({
    uid: 'ballast-placement',
    title: 'Ballast / Placement',
    description: 'Where meetings go and why, how even that is, and whether the predictions come true.',
    from: 'now-6h',
    variables: [datasourceVariable(), clusterVariable(), serversVariable(), intervalVariable()],
    sections: [
      { id: 100, title: 'Decisions', panels: [...figures(), ...decisions()] },
      { id: 101, title: 'Spread', panels: spread() },
      { id: 102, title: 'Prediction', panels: placementPrediction() },
    ],
  });
}

function figures(): Panel[] {
  const small = { height: 4, width: 6, unit: 'short' };
  return [
    stat({
      ...small,
      id: 1,
      title: 'Policy',
      help: {
        shows: 'the policy that chooses servers.',
        normal: 'the one in the configuration (placement.policy), the same for all replicas.',
        act: 'two names: replicas run with different configurations.',
      },
      queries: [latest('max by (policy) (ballast_placement_policy_info)', '{{policy}}')],
      showsName: true,
    }),
    stat({
      ...small,
      id: 2,
      title: 'Meetings placed',
      help: {
        shows: 'meetings that were placed in the chosen time.',
        normal: 'as many as began.',
        act: '0 in a full hour: do the front ends reach Ballast? See "API and front ends".',
      },
      decimals: 0,
      queries: [latest(countInRange('ballast_placements_total'), 'placed')],
    }),
    stat({
      ...small,
      id: 3,
      title: 'Creates that failed',
      help: {
        shows:
          'creates in the chosen time that found no server. Left out: what a server or a limit refused for what was asked, and creates of meetings whose server fails and is not given up yet.',
        normal: '0.',
        act: '"Creates that started no meeting" below has the reasons.',
      },
      decimals: 0,
      queries: [latest(countInRange('ballast_placement_failures_total', OWN_FAILURES), 'failed')],
    }),
    stat({
      ...small,
      id: 4,
      title: 'Time to choose a server (p99)',
      help: {
        shows: 'how long a choice takes, without the create itself.',
        normal: 'well under a millisecond; some with 500 servers.',
        act: 'above 10 ms: Ballast lacks CPU; see "Ballast itself".',
      },
      unit: 's',
      queries: [latest(quantile(0.99, 'ballast_placement_duration_seconds', '', '', '$__range'), 'p99')],
    }),
  ];
}

function decisions(): Panel[] {
  const half = { width: 12, height: 8, min: 0, unit: 'short' };
  return [
    timeSeries({
      ...half,
      id: 5,
      title: 'Decisions a minute, by reason',
      help: {
        shows: 'meetings placed a minute, by why that server was taken.',
        normal: 'one reason, that of the policy, for nearly all.',
        act: 'a reason that speaks of unknown load, spares or "least bad": samples are missing, or the pool is full.',
      },
      isStacked: true,
      queries: [series(`60 * ${rate('ballast_placements_total', 'reason', CHOSEN)}`, '{{reason}}')],
    }),
    timeSeries({
      ...half,
      id: 6,
      title: 'Creates that started no meeting, by reason',
      help: {
        shows:
          'creates that ended without a meeting. "relayed": the server itself refused it, mostly a mistake of the front end; "tenant-limit": the tenant has all it may have.',
        normal: 'none, or a few "relayed".',
        act: 'no server: is the pool full or offline? See "Pool".',
      },
      decimals: 0,
      hasBars: true,
      whenEmpty: NONE,
      isStacked: true,
      queries: [series(happened('ballast_placement_failures_total', 'reason'), '{{reason}}')],
    }),
    timeSeries({
      ...half,
      id: 7,
      title: 'Creates that moved on to another server',
      help: {
        shows:
          'creates that failed on a server and were tried on the next one, by the server they failed on and the cause.',
        normal: 'none; some in the seconds in which a server dies.',
        act: 'again and again from one server: cordon it, and look at its dashboard.',
      },
      decimals: 0,
      hasBars: true,
      whenEmpty: NONE,
      isStacked: true,
      queries: [
        series(happened('ballast_placement_retries_total', 'server, cause', CHOSEN), '{{server}}: {{cause}}'),
      ],
    }),
    timeSeries({
      ...half,
      id: 8,
      title: 'Running meetings placed anew',
      help: {
        shows: 'meetings that went to another server because theirs was lost, by the server that was lost.',
        normal: 'none.',
        act: 'each is a class that was cut off and came back: look at that server.',
      },
      decimals: 0,
      hasBars: true,
      whenEmpty: NONE,
      isStacked: true,
      queries: [
        series(happened('ballast_meetings_moved_total', 'server, cause', CHOSEN), '{{server}}: {{cause}}'),
      ],
    }),
    timeSeries({
      ...half,
      id: 22,
      title: 'Why no server could take a create',
      help: {
        shows:
          'creates that found no server, counted at each server with the reason why it could not take them.',
        normal: 'none.',
        act: '"not online" and "failed before" at all: servers are away. "at a limit": the pool is full. "lacks the tags": no server carries those that the tenant asks for.',
      },
      decimals: 0,
      hasBars: true,
      whenEmpty: NONE,
      isStacked: true,
      queries: [
        series(
          reasonInWords(happened('ballast_placement_passed_over_total', 'server, reason', CHOSEN)),
          '{{server}}: {{reason}}',
        ),
      ],
    }),
    timeSeries({
      ...half,
      id: 23,
      title: 'Meetings that Ballast did not place',
      help: {
        shows:
          'meetings found on a server that were made past Ballast, and second copies of a running meeting.',
        normal: 'none; copies when a server returns that was given up.',
        act: 'made past Ballast: a front end still talks to that server itself.',
      },
      decimals: 0,
      hasBars: true,
      whenEmpty: NONE,
      isStacked: true,
      queries: [
        series(happened('ballast_meetings_adopted_total', 'server', CHOSEN), '{{server}}: made past Ballast'),
        series(happened('ballast_meeting_splits_total', 'server', CHOSEN), '{{server}}: second copy'),
      ],
    }),
    timeSeries({
      ...half,
      id: 9,
      title: 'Reserved attendees by server',
      help: {
        shows: 'people promised to young meetings and not yet there: load that no measurement shows yet.',
        normal: 'rises at the full hour and is gone some minutes later.',
        act: 'stays high: meetings are created that nobody joins.',
      },
      decimals: 0,
      isStacked: true,
      isPerServer: true,
      queries: [series(perServer('ballast_server_reserved_attendees', CHOSEN), '{{server}}')],
    }),
    timeSeries({
      ...half,
      id: 10,
      title: 'Creates that waited',
      whenEmpty: NONE,
      help: {
        shows:
          'the mean wait of creates for another create of the same meeting, and after a start of Ballast for the first polls.',
        normal: 'nothing, or about as long as a create takes.',
        act: 'seconds: a server is slow to create; see "Servers behind" on "API and front ends".',
      },
      unit: 's',
      queries: [
        series(`${mean('ballast_create_wait_seconds')} > 0`, 'for the same meeting'),
        series(`${mean('ballast_create_first_poll_wait_seconds')} > 0`, 'for the first polls'),
      ],
      lines: [
        { name: 'for the same meeting', color: colour.sky },
        { name: 'for the first polls', color: colour.orange },
      ],
    }),
  ];
}

/** Servers in service, with known cores. */
const CARRYING = `(ballast_server_health{state="online"} == 1)`;

function spread(): Panel[] {
  const half = { width: 12, height: 8, min: 0, unit: 'short' };
  const people = `(${perServer('ballast_server_attendees')} and on (server) ${CARRYING})`;
  const cores = `(${perServer('ballast_server_cores')} and on (server) ${CARRYING})`;
  const used = `(${perServer('ballast_server_cpu_ratio')} / on (server) ${perServer('ballast_server_limit_ratio', 'resource="cpu"')})`;
  return [
    timeSeries({
      ...half,
      id: 11,
      title: 'People against the fair share',
      help: {
        shows:
          "each server's part of all people, over its part of all cores: 1 (dashed) is its fair share. Not shown below five people a server: the first meeting of a day is always on one server.",
        normal: 'around 1 once many meetings run; with a few large ones far off, which is no fault.',
        act: 'far above 1 and its CPU low: all is well. Far above 1 and its CPU high: too little was expected of its meetings.',
      },
      decimals: 2,
      isPerServer: true,
      thresholds: limitAt(1),
      queries: [
        series(
          `(${people} / on () group_left () (sum(${people}) > 5 * count(${people}))) / on (server) (${cores} / on () group_left () sum(${cores}))`,
          '{{server}}',
        ),
      ],
    }),
    timeSeries({
      ...half,
      id: 12,
      title: 'CPU against the limits: highest, mean, lowest',
      help: {
        shows:
          'measured CPU over the limit that holds for each server: the highest, the mean and the lowest of all servers. 1 (dashed) is at the limit.',
        normal: 'highest at most 1.7 times the mean when the pool is busy.',
        act: 'highest far from the mean at peak: what keeps that server busy beside its meetings?',
      },
      decimals: 2,
      thresholds: limitAt(1),
      queries: [
        series(`max(${used})`, 'highest'),
        series(`avg(${used})`, 'mean'),
        series(`min(${used})`, 'lowest'),
      ],
      lines: [
        { name: 'highest', color: colour.orange },
        { name: 'mean', color: colour.sky },
        { name: 'lowest', color: colour.purple },
      ],
    }),
  ];
}
