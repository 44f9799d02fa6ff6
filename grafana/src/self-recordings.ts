import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { colour, rising } from './palette.js';
import { NONE } from './panels/panel-spec.js';
import { stat } from './panels/stat.js';
import { timeSeries } from './panels/time-series.js';
import { events, happened, rate } from './promql.js';
import { latest, series } from './query.js';

/** The list of recordings, the archive, and the servers' webhooks. */
export function selfRecordings(): Panel[] {
  return [...recordings(), ...archiveAndHooks()];
}

function recordings(): Panel[] {
  return [
    stat({
      id: 19,
      width: 6,
      height: 6,
      title: 'Recordings',
      help: {
        shows: 'recordings that getRecordings is answered from, deleted ones left out.',
        normal: 'grows slowly.',
        act: 'falls by itself: is a server gone for good, or recordings.keepFor new?',
      },
      unit: 'short',
      decimals: 0,
      queries: [latest('max(ballast_recordings)', 'listed')],
    }),
    stat({
      id: 20,
      width: 6,
      height: 6,
      title: 'Recordings that need somebody',
      help: {
        shows:
          'changes (publish, update, delete) that servers are yet to be told, imports that were put aside, and servers whose recordings were never read: every getRecordings fails because of one.',
        normal: '0; no imports put aside where there is no archive.',
        act: 'changes wait for a server that is away. Imports: `ballast recording list --failed` tells why. Never read: bring the server that `ballast doctor` names back, or disable it.',
      },
      unit: 'short',
      decimals: 0,
      hasNames: true,
      queries: [
        latest('max(ballast_recording_changes_pending)', 'changes that wait'),
        latest('max(ballast_recording_imports_failed)', 'imports put aside'),
        latest('max(ballast_recording_servers_unread)', 'servers never read'),
      ],
      thresholds: rising(1, 20),
    }),
    timeSeries({
      id: 21,
      width: 12,
      height: 6,
      min: 0,
      title: "Readings of the servers' recordings a minute",
      help: {
        shows: 'how often a list was read from a server, whole or its new end, by outcome.',
        normal: 'all ok.',
        act: 'failed: a server is away or slow; what is known of its recordings stays in the list.',
      },
      unit: 'short',
      isStacked: true,
      queries: [series(`60 * ${rate('ballast_recording_walks_total', 'outcome')}`, '{{outcome}}')],
      lines: [
        { name: 'ok', color: colour.sky },
        { name: 'failed', color: colour.vermillion },
      ],
    }),
  ];
}

function archiveAndHooks(): Panel[] {
  const half = { width: 12, height: 6, min: 0, unit: 'short', decimals: 0 };
  return [
    timeSeries({
      ...half,
      id: 22,
      title: 'Imports into the archive',
      help: {
        shows:
          'recordings that were imported, tried again or put aside, and those that wait (recordings.mode: archive).',
        normal: 'done; none wait for long.',
        act: 'many wait: the disk is slow. failed: `ballast recording list --failed` tells why.',
      },
      whenEmpty: NONE,
      queries: [
        series(happened('ballast_recording_imports_total', 'outcome'), '{{outcome}}'),
        series('max(ballast_recording_imports_pending)', 'waiting'),
      ],
      lines: [
        { name: 'done', color: colour.sky },
        { name: 'retried', color: colour.orange },
        { name: 'failed', color: colour.vermillion },
        { name: 'waiting', color: colour.grey },
      ],
    }),
    timeSeries({
      ...half,
      id: 23,
      title: 'Events that servers tell by webhook',
      help: {
        shows:
          'events that went on to a hook of a front end (relayed) or to none, and servers without the webhook.',
        normal: 'as many as people come and go; no server without.',
        act: 'without: is bbb-webhooks installed there? Ends and joins are then noticed by the next poll.',
      },
      queries: [
        series(events('ballast_hook_events_total', 'outcome'), '{{outcome}}'),
        series('sum(max by (server) (ballast_server_hook_up) == bool 0)', 'servers without'),
      ],
      lines: [
        { name: 'relayed', color: colour.sky },
        { name: 'unmatched', color: colour.grey },
        { name: 'malformed', color: colour.orange },
        { name: 'servers without', color: colour.vermillion },
      ],
    }),
  ];
}
