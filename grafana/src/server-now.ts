import { VisibilityMode, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TimelinePanelBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { adminState, eligible, health } from './mappings.js';
import { exclusionLines, rising } from './palette.js';
import { fill } from './panels/panel-spec.js';
import { stat } from './panels/stat.js';
import { adminCode, healthCode, perServer } from './promql.js';
import { latest, series } from './query.js';

/** Selects the server of the dashboard's variable. */
export const THIS = 'server="$server"';

/** How the server is at this moment, and how it was. */
export function serverNow(): Panel[] {
  return [...glance(), timeline()];
}

function glance(): Panel[] {
  const small = { width: 3, height: 4, unit: 'short' };
  const seen = (metric: string): string => perServer(metric, THIS);
  return [
    stat({
      ...small,
      id: 1,
      title: 'Health',
      help: {
        shows: 'what the polls of this server find.',
        normal: 'online.',
        act: 'unstable: a call failed, it gets no new meetings. Offline: several polls failed, its meetings are placed anew. Wrong secret: compare `bbb-conf --secret` with the cluster file.',
      },
      queries: [latest(healthCode(THIS), '$server')],
      mappings: health,
    }),
    stat({
      ...small,
      id: 2,
      title: 'Admin state',
      help: {
        shows: 'what an administrator wants of this server.',
        normal: 'enabled.',
        act: 'cordoned: no new meetings, running ones go on. `ballast server enable` ends it.',
      },
      queries: [latest(adminCode(THIS), '$server')],
      mappings: adminState,
    }),
    stat({
      ...small,
      id: 3,
      title: 'Eligible',
      help: {
        shows: 'whether a new meeting could go here now.',
        normal: 'yes.',
        act: '"Why not" beside it names the reason.',
      },
      queries: [latest(seen('ballast_server_eligible'), '$server')],
      mappings: eligible,
    }),
    stat({
      ...small,
      id: 4,
      title: 'Why not',
      help: {
        shows: 'the reasons why no new meeting goes here.',
        normal: '"nothing".',
        act: 'unstable, offline: see Contact below. At a limit: it is full, others take over.',
      },
      queries: [
        latest(
          `max by (reason) (ballast_server_excluded{${THIS}})
          or label_replace(max(ballast_server_eligible{${THIS}}) == 1, "reason", "nothing", "", "")`,
          '{{reason}}',
        ),
      ],
      words: exclusionLines(),
      showsName: true,
    }),
    stat({
      ...small,
      id: 5,
      title: 'Load',
      help: {
        shows: 'the tightest resource against its limit, with what is promised and predicted: 1 is full.',
        normal: 'below 0.8, in the full hour below 1.',
        act: 'above 1: are the people below many, or does something else burn the CPU?',
      },
      decimals: 2,
      queries: [latest(seen('ballast_server_load'), '$server')],
      thresholds: rising(0.8, 1),
    }),
    stat({
      ...small,
      id: 6,
      title: 'Attendees',
      help: {
        shows: 'people in its meetings, as the newest poll counted them.',
        normal: 'follows the timetable.',
        act: 'compare with "Attendees" below.',
      },
      queries: [latest(seen('ballast_server_attendees'), '$server')],
    }),
    stat({
      ...small,
      id: 7,
      title: 'Meetings',
      help: {
        shows: 'its running meetings, as the newest poll counted them.',
        normal: 'follows the timetable.',
        act: 'compare with "Meetings and placements" below.',
      },
      queries: [latest(seen('ballast_server_meetings'), '$server')],
    }),
    stat({
      ...small,
      id: 8,
      title: 'Sample age',
      help: {
        shows:
          'how old the newest measurement of its host is. From 2 minutes (the default of metrics.maxAge) it counts as unknown.',
        normal: 'under a minute.',
        act: 'does Telegraf run there, and does its output reach the metrics source? `ballast doctor` tells.',
      },
      unit: 's',
      decimals: 1,
      queries: [latest(seen('ballast_server_sample_age_seconds'), '$server')],
      thresholds: rising(60, 120),
    }),
  ];
}

function timeline(): Panel {
  return fill(new TimelinePanelBuilder(), {
    id: 9,
    title: 'Health over time',
    help: {
      shows: 'the states the server went through; gaps: Ballast was not scraped.',
      normal: 'one long "online".',
      act: 'short changes again and again (flapping): look at its network and at "Time to answer".',
    },
    width: 24,
    height: 3,
    unit: 'short',
    queries: [series(healthCode(THIS), '$server')],
  })
    .mappings([...health])
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .rowHeight(0.8)
    .legend(new VizLegendOptionsBuilder().showLegend(false))
    .build();
}
