import type { SampleFault } from '../metrics/load-table.js';
import { sampleHost } from '../pool/sample-host.js';
import type { ServerDefinition } from '../pool/server.js';
import type { Finding, SampleCheck } from './report.js';

/** What a source said of the servers, as of one instant. */
export interface SamplesSeen {
  /** By server; one without samples is absent. */
  readonly samples: ReadonlyMap<string, SampleCheck>;
  readonly faults: readonly SampleFault[];
  /** Tags that belong to no server: `server=x`, `host=y`. */
  readonly strangers: readonly string[];
}

/** Advice for each kind of thing a source left out. */
const ADVICE: Readonly<Record<SampleFault['kind'], string>> = {
  'duplicate-tags': 'give each host a tag `server` of its own in [global_tags] of its telegraf.conf',
  'bad-value':
    'see what that host sends: `telegraf --test --config …`; until it is right, that value is unknown',
  'future-clock': 'set the clock of that host (`chronyc tracking`)',
  partial: 'let its Telegraf run the inputs cpu, mem and net, without dropping their fields',
  'short-window': 'set metrics.window to four times the interval at which that host is scraped',
  unreadable: 'see what that host sends; what cannot be read is left out',
};

/** What is wrong with the samples of the servers that take part. `maxAgeMs` is `metrics.maxAge`. */
export function judgeSamples(
  servers: readonly ServerDefinition[],
  { samples, faults, strangers }: SamplesSeen,
  maxAgeMs: number,
): readonly Finding[] {
  const watched = servers.filter(({ adminState }) => adminState !== 'disabled');
  const ids = new Set(watched.map(({ id }) => id));
  const told = faults.flatMap((fault) => faultFinding(fault, ids));
  const toldOf = new Set(faults.map(({ serverId }) => serverId));
  const silent = watched.filter(({ id }) => !samples.has(id) && !toldOf.has(id));
  return [
    ...told,
    ...silentFindings(silent, watched.length, strangers),
    ...watched.flatMap((server) => {
      const sample = samples.get(server.id);
      return sample === undefined ? [] : sampleFindings(server, sample, maxAgeMs, toldOf.has(server.id));
    }),
    ...strangerFindings(strangers),
  ];
}

function faultFinding(fault: SampleFault, ids: ReadonlySet<string>): readonly Finding[] {
  const { serverId, kind, message } = fault;
  const advice = ADVICE[kind];
  if (serverId === undefined) return [{ severity: 'fault', about: 'source', message, advice }];
  return ids.has(serverId) ? [{ severity: 'fault', about: 'server', serverId, message, advice }] : [];
}

/** One finding where every server is silent: five hundred times the same line would hide the cause. */
function silentFindings(
  silent: readonly ServerDefinition[],
  watched: number,
  strangers: readonly string[],
): readonly Finding[] {
  if (silent.length === watched && watched > 1) {
    const advice =
      strangers.length === 0
        ? 'does Telegraf write to this source at all? On a host: `systemctl status telegraf`, `journalctl -u telegraf`'
        : 'samples come, with tags that fit no server: see those below, and set `server = "ID"` in [global_tags] of each telegraf.conf';
    const message = `no server of ${watched} has samples; placement goes by attendees`;
    return [{ severity: 'fault', about: 'source', message, advice }];
  }
  return silent.map((server) => ({
    severity: 'fault' as const,
    about: 'server' as const,
    serverId: server.id,
    message: `no samples of it: none with the tag server=${server.id}, none with host=${sampleHost(server)}`,
    advice:
      `on that host: \`systemctl status telegraf\`, \`journalctl -u telegraf\`; set server = "${server.id}" in [global_tags] ` +
      'of its telegraf.conf, or metricsHost to the tag host it sends',
  }));
}

function sampleFindings(
  { id }: ServerDefinition,
  { ageMs, hasCpu, hasMemory }: SampleCheck,
  maxAgeMs: number,
  isTold: boolean,
): readonly Finding[] {
  const finding = (message: string, advice: string): readonly Finding[] => [
    { severity: 'fault', about: 'server', serverId: id, message, advice },
  ];
  if (ageMs !== undefined && ageMs > maxAgeMs) {
    return finding(
      `its newest sample is ${Math.round(ageMs / 1000)} s old (metrics.maxAge is ${maxAgeMs / 1000} s): its load is unknown`,
      'Telegraf there has stopped or cannot write: `systemctl status telegraf`, `journalctl -u telegraf`',
    );
  }
  const missing = [...(hasCpu ? [] : ['CPU']), ...(hasMemory ? [] : ['memory'])].join(' and ');
  // The source has said it better.
  return missing === '' || isTold ? [] : finding(`its samples have no ${missing}`, ADVICE.partial);
}

function strangerFindings(strangers: readonly string[]): readonly Finding[] {
  if (strangers.length === 0) return [];
  const verb = strangers.length === 1 ? 'sends' : 'send';
  return [
    {
      severity: 'note',
      about: 'source',
      message: `${strangers.join(', ')} ${verb} samples, and no server has such an id, host or metricsHost`,
      advice:
        'if one of them is a server: set its tag `server` to the id, or metricsHost to this tag; else leave it',
    },
  ];
}
