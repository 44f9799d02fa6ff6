import { setMaxListeners } from 'node:events';
import { Agent, type Dispatcher } from 'undici';
import { ClusterError } from './admin/cluster-faults.js';
import { parseCluster } from './admin/cluster-document.js';
import { createSampleSource } from './app-metrics.js';
import { BbbClient } from './bbb/client.js';
import { UpstreamPools } from './bbb/upstream-pools.js';
import { ConfigError, describeFault } from './config/config-error.js';
import type { Config } from './config/config.js';
import { loadConfig } from './config/load-config.js';
import { askIngest } from './doctor/ask-ingest.js';
import { atMost } from './doctor/at-most.js';
import { checkAddresses } from './doctor/check-addresses.js';
import { checkArchive } from './doctor/check-archive.js';
import { checkBalancer } from './doctor/check-balancer.js';
import { checkServer, type CheckedServer } from './doctor/check-server.js';
import { checkSource, type SourceCheck } from './doctor/check-source.js';
import { checkStore, type WantedServer } from './doctor/check-store.js';
import { judgeReads } from './doctor/judge-reads.js';
import { maskSecrets } from './doctor/mask-secrets.js';
import type { DoctorReport, Finding } from './doctor/report.js';
import { writeReport } from './doctor/write-report.js';
import { silentLogger } from './log.js';
import { sampleHost } from './pool/sample-host.js';
import type { ServerDefinition } from './pool/server.js';
import { FOLDERS, RESERVE_BYTES } from './recordings/archive/archive-folders.js';
import { inspectStore } from './store/inspect-store.js';
import { VERSION } from './version.js';

/** What `ballast doctor` was asked. */
export interface DoctorOptions {
  /** The configuration, as for `serve`; without it only the environment counts. */
  readonly file: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** A cluster file that may not be applied yet: its text, and where its relative paths begin. */
  readonly cluster?: { readonly text: string; readonly directory: string } | undefined;
  readonly createSource?: typeof createSampleSource;
  /** After this everything is broken off, 13 s unless given: somebody waits in front of it. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 13_000;
/** No more than a poll may take, and not so long that two rounds of hanging servers pass the deadline. */
const MAX_SERVER_MS = 5_000;
const SERVERS_AT_ONCE = 256;
/** As long as the balancer waits for a source. */
const SOURCE_MS = 5_000;
const BALANCER_MS = 3_000;
/** Of folders and of the look-up of a name. */
const NEARBY_MS = 3_000;

/** Looks at everything a configuration names, changing nothing. Never rejects: what is wrong is in the report. */
export async function runDoctor(options: DoctorOptions): Promise<DoctorReport> {
  const now = Date.now;
  const configured = readConfiguration(options);
  if (configured.config === undefined) {
    return writeReport({ version: VERSION, now: now(), configuration: configured, parts: undefined });
  }
  const { config } = configured;
  const store = await checkStore({
    inspect: () => inspectStore(config.store),
    wanted: configured.wanted,
  });
  const { servers } = store;
  const signal = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS);
  // Each server under way listens to it.
  setMaxListeners(0, signal);
  const dispatcher = new Agent({ connect: { timeout: BALANCER_MS } });
  try {
    const [checked, source, archive, addresses, balancer] = await Promise.all([
      checkServers(servers, config, signal),
      lookAtSource(config, servers, { options, dispatcher, signal, now }),
      lookAtArchive(config, signal),
      checkAddresses({
        addresses: { publicUrl: config.publicUrl, 'recordings.playbackUrl': config.recordings.playbackUrl },
        ...{ timeoutMs: NEARBY_MS, signal },
      }),
      checkBalancer({
        ...{ listen: config.listen, adminListen: config.adminListen },
        ...{ dispatcher, timeoutMs: BALANCER_MS, signal },
      }),
    ]);
    const { maxAgeMs } = config.metrics;
    const reads = balancer.isRunning && config.recordings.mode === 'index' ? store.unread : [];
    const parts = {
      store,
      servers: checked,
      reads: judgeReads(checked, new Set(reads)),
      addresses,
      archive,
      source,
      balancer,
      maxAgeMs,
    };
    const report = writeReport({ version: VERSION, now: now(), configuration: configured, parts });
    return maskSecrets(report, secretsOf(config, servers));
  } finally {
    await dispatcher.destroy();
  }
}

interface Configuration {
  readonly config: Config | undefined;
  readonly wanted: readonly WantedServer[] | undefined;
  readonly summary: string;
  readonly findings: readonly Finding[];
}

function readConfiguration(options: DoctorOptions): Configuration {
  const { file, env, cwd, cluster } = options;
  const summary = file ?? 'from the environment alone';
  try {
    const { config, warnings } = loadConfig({ file, env, cwd });
    const notes = warnings.map((message) => finding('note', message, ''));
    const { wanted, faults } = readWanted(cluster, env);
    return { config, wanted, summary, findings: [...faults, ...notes] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.faults.map((fault) => finding('fault', describeFault(fault), ''));
    const broken = `${summary}; \`serve\` would not start with it, and the rest cannot be checked`;
    return { config: undefined, wanted: undefined, summary: broken, findings };
  }
}

function readWanted(
  cluster: DoctorOptions['cluster'],
  env: DoctorOptions['env'],
): { readonly wanted: readonly WantedServer[] | undefined; readonly faults: readonly Finding[] } {
  if (cluster === undefined) return { wanted: undefined, faults: [] };
  try {
    const { servers } = parseCluster(cluster.text, { kind: 'file', directory: cluster.directory, env });
    return { wanted: servers, faults: [] };
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    const advice = '`ballast apply` would refuse the file: correct it there';
    return {
      wanted: [],
      faults: error.shown.map((fault) => finding('fault', `cluster file: ${fault}`, advice)),
    };
  }
}

function finding(severity: Finding['severity'], message: string, advice: string): Finding {
  return { severity, about: 'configuration', message, advice };
}

async function checkServers(
  servers: readonly ServerDefinition[],
  config: Config,
  signal: AbortSignal,
): Promise<readonly CheckedServer[]> {
  const { caFile } = config.tls;
  const timeoutMs = Math.min(config.poll.timeoutMs, MAX_SERVER_MS);
  const client = new BbbClient({
    ...{ logger: silentLogger, connections: 1, connectTimeoutMs: timeoutMs },
    ...(caFile !== undefined && { caFile }),
  });
  const pools = new UpstreamPools(1, caFile, timeoutMs);
  try {
    return await atMost(SERVERS_AT_ONCE, servers, (server) =>
      checkServer(server, { client, pools, now: Date.now, timeoutMs, signal }),
    );
  } finally {
    await Promise.all([client.close(), pools.close()]);
  }
}

/** `undefined` where the configuration wants no samples. */
async function lookAtSource(
  config: Config,
  servers: readonly ServerDefinition[],
  deps: {
    readonly options: DoctorOptions;
    readonly dispatcher: Dispatcher;
    readonly signal: AbortSignal;
    readonly now: () => number;
  },
): Promise<SourceCheck | undefined> {
  const { options, dispatcher, signal, now } = deps;
  if (config.metrics.source === 'ingest') {
    const listen = config.adminListen ?? config.listen;
    const serverIds = servers.map(({ id }) => id);
    return askIngest({
      ...{ listen, tokens: config.admin.tokens, serverIds },
      ...{ dispatcher, timeoutMs: BALANCER_MS, signal },
    });
  }
  const source = (options.createSource ?? createSampleSource)(config.metrics, { now });
  if (source === undefined) return undefined;
  try {
    const keys = servers.map((server) => ({ serverId: server.id, host: sampleHost(server) }));
    return await checkSource({ source, keys, now, timeoutMs: SOURCE_MS, signal });
  } finally {
    await source.close?.();
  }
}

/** `undefined` where recordings stay on their servers. */
async function lookAtArchive({ recordings }: Config, signal: AbortSignal) {
  const { mode, directory, spool } = recordings;
  if (mode !== 'archive') return undefined;
  return checkArchive({
    ...{ directory, spool, folders: FOLDERS, reserveBytes: RESERVE_BYTES },
    ...{ timeoutMs: NEARBY_MS, signal },
  });
}

function secretsOf(config: Config, servers: readonly ServerDefinition[]): readonly string[] {
  const { influxdb, influxql, prometheus, ingest } = config.metrics;
  return [
    ...config.secrets,
    ...config.admin.tokens.map(({ token }) => token),
    ...ingest.tokens,
    ...[influxdb?.token, influxql?.password, influxql?.token, prometheus?.token].filter(
      (secret) => secret !== undefined,
    ),
    ...servers.map(({ secret }) => secret),
  ];
}
