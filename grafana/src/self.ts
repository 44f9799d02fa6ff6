import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard } from './dashboard.js';
import { upDown } from './mappings.js';
import { colour, fixed, rising } from './palette.js';
import { stat } from './panels/stat.js';
import { timeSeries } from './panels/time-series.js';
import { selfWork } from './self-work.js';
import { latest, series } from './query.js';
import { clusterVariable, datasourceVariable, intervalVariable, replicasVariable } from './variables.js';

/** Selects the replicas of the dashboard's variable; what Node exports has no name of Ballast's in it. */
const CHOSEN = 'instance=~"$instance"';
const OURS = 'and on (instance) ballast_build_info';

/** How Ballast itself is. */
export function selfDashboard(): Dashboard {
  return dashboard({
    uid: 'ballast-self',
    title: 'Ballast / Ballast itself',
    description: 'Its process, its database, its metrics source, its jobs, its callbacks and its recordings.',
    from: 'now-6h',
    variables: [datasourceVariable(), clusterVariable(), replicasVariable(), intervalVariable()],
    sections: [{ id: 100, title: 'Process', panels: [...figures(), ...process()] }, ...selfWork()],
  });
}

function figures(): Panel[] {
  const small = { height: 4, width: 6, unit: 'short' };
  return [
    stat({
      ...small,
      id: 1,
      title: 'Version',
      help: {
        shows: 'the version that each replica runs.',
        normal: 'one version.',
        act: 'two for long: an upgrade that was not finished.',
      },
      queries: [latest(`count by (version) (ballast_build_info{${CHOSEN}})`, '{{version}}')],
      showsName: true,
    }),
    stat({
      ...small,
      id: 2,
      title: 'Running for',
      help: {
        shows: 'the time since each replica was started.',
        normal: 'days.',
        act: 'minutes, and nobody restarted it: the log, and `journalctl -u ballast`.',
      },
      unit: 's',
      decimals: 0,
      hasNames: true,
      queries: [latest(`time() - process_start_time_seconds{${CHOSEN}} ${OURS}`, '{{instance}}')],
    }),
    stat({
      ...small,
      id: 3,
      title: 'Metrics source',
      help: {
        shows: 'whether the last query for samples succeeded.',
        normal: 'works.',
        act: '`ballast doctor` names the cause.',
      },
      queries: [latest(`min(ballast_metrics_source_up{${CHOSEN}})`, 'source')],
      mappings: upDown,
    }),
    stat({
      ...small,
      id: 4,
      title: 'Errors in the log',
      help: {
        shows: 'lines at level error in the chosen time: each is something that somebody must act on.',
        normal: '0.',
        act: 'read them.',
      },
      decimals: 0,
      thresholds: rising(0.5, 5),
      queries: [
        latest(`sum(increase(ballast_log_messages_total{level="error",${CHOSEN}}[$__range]))`, 'errors'),
      ],
    }),
  ];
}

function process(): Panel[] {
  const third = { width: 8, height: 8, min: 0 };
  return [
    timeSeries({
      ...third,
      id: 5,
      title: 'Event loop delay (p99)',
      help: {
        shows: 'how long Node.js could do nothing else: every request waits at least as long.',
        normal: '10 to 30 ms.',
        act: 'above 100 ms: too little CPU, or something blocks. A second replica does not help a blocked one.',
      },
      unit: 's',
      queries: [series(`nodejs_eventloop_lag_p99_seconds{${CHOSEN}} ${OURS}`, '{{instance}}')],
    }),
    timeSeries({
      ...third,
      id: 6,
      title: 'Memory',
      help: {
        shows: 'memory of the process, and the part of it that is in use by JavaScript.',
        normal: 'rises for some hours and stays.',
        act: 'rises for days: a leak. Keep the figures and report it; a restart loses no meeting.',
      },
      unit: 'bytes',
      queries: [
        series(`process_resident_memory_bytes{${CHOSEN}} ${OURS}`, '{{instance}} process'),
        series(`nodejs_heap_size_used_bytes{${CHOSEN}} ${OURS}`, '{{instance}} heap'),
      ],
      colours: [
        { regexp: '/ process$/', properties: [fixed(colour.sky)] },
        { regexp: '/ heap$/', properties: [fixed(colour.yellow)] },
      ],
    }),
    timeSeries({
      ...third,
      id: 7,
      title: 'CPU',
      help: {
        shows: 'CPU cores that Ballast keeps busy; it can use little more than one.',
        normal: 'below 0.3.',
        act: 'near 1: it is the bottleneck. See the requests, and the time of polls.',
      },
      unit: 'short',
      queries: [
        series(`rate(process_cpu_seconds_total{${CHOSEN}}[$__rate_interval]) ${OURS}`, '{{instance}}'),
      ],
    }),
  ];
}
