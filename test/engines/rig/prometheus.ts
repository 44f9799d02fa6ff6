import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runCommand } from '../install/run-command.js';
import { engineRequest } from './engine-request.js';
import { type EngineServer, requireEngine, startEngineServer } from './engine-server.js';

const PROMTOOL_TIMEOUT_MS = 60_000;

/** What is scraped: `host:port` each, with labels of their own. */
export interface ScrapeTarget {
  readonly address: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  readonly scrapeTargets?: readonly ScrapeTarget[];
  /** Default 1,000. */
  readonly scrapeIntervalMs?: number;
  /** Default `node`. */
  readonly jobName?: string;
  /** Rules and alerts, evaluated as often as it scrapes. */
  readonly ruleFiles?: readonly string[];
  /** OpenMetrics text (with `# EOF`) of past samples, put into its data before it starts. */
  readonly history?: string;
  /** Added to its command line. */
  readonly args?: readonly string[];
}

/** A real Prometheus. */
export interface Prometheus extends EngineServer {
  /** Answers an instant PromQL query as JSON text. */
  query(promql: string): Promise<string>;
}

/** Starts a fresh Prometheus on a free loopback port; the first scraped sample is there after about six seconds. */
export async function startPrometheus(options: PrometheusOptions = {}): Promise<Prometheus> {
  const { history, args = [] } = options;
  const server = await startEngineServer({
    engine: 'prometheus',
    readyPath: '/-/ready',
    prepare: async ({ folder, port }) => {
      const file = join(folder, 'prometheus.yml');
      const data = join(folder, 'data');
      await mkdir(data);
      await writeFile(file, configText(options));
      if (history !== undefined) await backfill(folder, history, data);
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${data}`,
        '--storage.tsdb.retention.time=10y',
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
        ...args,
      ];
    },
  });
  return Object.assign(server, {
    query: async (promql: string): Promise<string> => {
      const search = new URLSearchParams({ query: promql });
      return engineRequest({ url: `${server.url}/api/v1/query?${search.toString()}` });
    },
  });
}

function configText({
  scrapeTargets = [],
  scrapeIntervalMs = 1_000,
  jobName = 'node',
  ruleFiles = [],
}: PrometheusOptions): string {
  const interval = `${scrapeIntervalMs}ms`;
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    scrape_configs: [
      {
        job_name: jobName,
        static_configs: scrapeTargets.map(({ address, labels = {} }) => ({ targets: [address], labels })),
      },
    ],
  });
}

async function backfill(folder: string, history: string, data: string): Promise<void> {
  const { path } = await requireEngine('promtool');
  const file = join(folder, 'history.om');
  await writeFile(file, history);
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', file, data];
  await runCommand({ command: path, args, timeoutMs: PROMTOOL_TIMEOUT_MS });
}
