import { readFileSync } from 'node:fs';
import type { ConfigFault } from './config-error.js';
import type { Config } from './config.js';
import { formatDuration } from './duration.js';
import { describeSystemError } from './read-config-file.js';

/** Shorter ones can be guessed; they warn but are taken, since many sites have them in use. */
const SHORT_SECRET = 16;

/** What no single setting can tell: settings that contradict one another, and what is allowed but unwise. */
export function checkConfig(
  config: Config,
  originOf: (key: string) => string,
): { readonly faults: readonly ConfigFault[]; readonly warnings: readonly string[] } {
  const faults = [
    ...listenFaults(config, originOf),
    ...tokenFaults(config, originOf),
    ...caFileFaults(config, originOf),
    ...sourceFaults(config),
    ...playbackFaults(config, originOf),
  ];
  return { faults, warnings: [...secretWarnings(config), ...timeWarnings(config)] };
}

function listenFaults(
  { listen, adminListen }: Config,
  originOf: (key: string) => string,
): readonly ConfigFault[] {
  const isSame = adminListen?.host === listen.host && adminListen.port === listen.port && listen.port !== 0;
  if (!isSame) return [];
  const key = 'adminListen.port';
  const allowed = 'it is the address of listen: give it a port of its own, or leave adminListen out';
  return [{ key, given: String(listen.port), allowed, origin: originOf(key) }];
}

function tokenFaults(config: Config, originOf: (key: string) => string): readonly ConfigFault[] {
  const seen = new Map<string, number>();
  return config.admin.tokens.flatMap(({ token }, index) => {
    const fault = (allowed: string): readonly ConfigFault[] => [
      { key: `admin.tokens[${index}].token`, given: '***', allowed, origin: originOf('admin.tokens') },
    ];
    const first = seen.get(token);
    if (first === undefined) seen.set(token, index);
    if (config.secrets.includes(token)) {
      return fault('it equals a secret of the default tenant: every front end could administer Ballast');
    }
    return first === undefined ? [] : fault(`it equals the token of admin.tokens[${first}]`);
  });
}

function caFileFaults(config: Config, originOf: (key: string) => string): readonly ConfigFault[] {
  const { caFile } = config.tls;
  if (caFile === undefined) return [];
  const fault = (allowed: string): readonly ConfigFault[] => [
    { key: 'tls.caFile', given: caFile, allowed, origin: originOf('tls.caFile') },
  ];
  try {
    const isPem = readFileSync(caFile, 'latin1').includes('-----BEGIN CERTIFICATE-----');
    return isPem ? [] : fault('it holds no PEM certificate');
  } catch (error) {
    return fault(`it cannot be read: ${describeSystemError(error)}`);
  }
}

/** The chosen metrics source must be configured; nothing else says so while its group is absent. */
function sourceFaults(config: Config): readonly ConfigFault[] {
  const { source } = config.metrics;
  if (source === 'ingest' || source === 'none' || config.metrics[source] !== undefined) return [];
  const allowed = `metrics.source is ${source}: say where it is`;
  return [{ key: `metrics.${source}`, given: undefined, allowed, origin: 'default' }];
}

/** Links in lists of the archive must lead somewhere. */
function playbackFaults(
  { recordings, publicUrl }: Config,
  originOf: (key: string) => string,
): readonly ConfigFault[] {
  if (recordings.mode !== 'archive' || (publicUrl ?? recordings.playbackUrl) !== undefined) return [];
  const allowed =
    'recordings.mode is archive: say where recordings are played (or in recordings.playbackUrl)';
  return [{ key: 'publicUrl', given: undefined, allowed, origin: originOf('publicUrl') }];
}

function secretWarnings(config: Config): readonly string[] {
  const named: readonly (readonly [string, string])[] = [
    ...config.secrets.map((secret, index) => [`secrets[${index}]`, secret] as const),
    ...config.admin.tokens.map(({ token }, index) => [`admin.tokens[${index}].token`, token] as const),
    ...config.metrics.ingest.tokens.map(
      (token, index) => [`metrics.ingest.tokens[${index}]`, token] as const,
    ),
  ];
  const short = named
    .filter(([, secret]) => secret.length < SHORT_SECRET)
    .map(([key]) => `${key} is shorter than ${SHORT_SECRET} characters and can be guessed`);
  const shared = config.metrics.ingest.tokens.flatMap((token, index) =>
    config.secrets.includes(token)
      ? [`metrics.ingest.tokens[${index}] equals a secret of the default tenant`]
      : [],
  );
  return [...short, ...shared];
}

function timeWarnings(config: Config): readonly string[] {
  const { create, metrics } = config;
  const warnings: string[] = [];
  const compare = (key: string, ms: number, otherKey: string, otherMs: number, effect: string): void => {
    if (ms > otherMs) {
      warnings.push(
        `${key} (${formatDuration(ms)}) is longer than ${otherKey} (${formatDuration(otherMs)}): ${effect}`,
      );
    }
  };
  const noSecondTry = 'a server that hangs leaves no time for another';
  compare('create.firstTry', create.firstTryMs, 'create.deadline', create.deadlineMs, noSecondTry);
  compare(
    'create.documentsFirstTry',
    create.documentsFirstTryMs,
    'create.documentsDeadline',
    create.documentsDeadlineMs,
    noSecondTry,
  );
  compare(
    'metrics.refresh',
    metrics.refreshMs,
    'metrics.maxAge',
    metrics.maxAgeMs,
    'samples count as unknown between two refreshes',
  );
  return warnings;
}
