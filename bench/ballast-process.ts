import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';

/** Of the default tenant; what the load signs with. */
export const FRONT_SECRET = 'bench-front-end-secret-0123456789abcdef';
/** Of every canned server. */
export const SERVER_SECRET = 'bench-server-secret-0123456789abcdef';
/** Bearer token with all rights, good for the ingest as well. */
export const ADMIN_TOKEN = 'bench-admin-token-0123456789abcdef';

/** What the probe inside the process says. `cpuMs` is user plus system since start. */
export interface ProbeReading {
  readonly p99Ms: number;
  readonly maxMs: number;
  /** CPU time of the longest turn, give or take the probe's interval; `undefined` where the system does not tell. */
  readonly maxComputedMs: number | undefined;
  readonly rssBytes: number;
  readonly cpuMs: number;
}

/** A folder with a configuration, a cluster file and the database: Ballast can be started on it again and again. */
export interface Site {
  readonly folder: string;
  readonly port: number;
  remove(): Promise<void>;
}

/** The built Ballast, running. */
export interface BallastProcess {
  readonly url: string;
  /** From spawn to the first 200 of /ready. */
  readonly readyMs: number;
  probe(ask?: 'reset' | 'read'): Promise<ProbeReading>;
  stop(): Promise<void>;
}

/** Writes a site for the given servers; `config` is laid over the bench's own settings. */
export async function makeSite(
  serverUrls: readonly string[],
  config: Record<string, unknown> = {},
  serverFields: Record<string, unknown> = {},
): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'ballast-bench-'));
  const port = await freePort();
  const settings = {
    listen: { host: '127.0.0.1', port },
    store: `sqlite:${join(folder, 'ballast.db')}`,
    secrets: [FRONT_SECRET],
    admin: { tokens: [{ name: 'bench', token: ADMIN_TOKEN, scope: 'admin' }] },
    log: { level: 'info', format: 'json' },
    ...config,
  };
  await writeFile(join(folder, 'ballast.yaml'), stringify(settings));
  const servers = serverUrls.map((url, index) => ({
    kind: 'Server',
    id: `server-${String(index).padStart(3, '0')}`,
    url: `${url}/bigbluebutton/api`,
    secret: SERVER_SECRET,
    ...serverFields,
  }));
  await writeFile(
    join(folder, 'cluster.yaml'),
    servers.map((server) => `---\n${stringify(server)}`).join(''),
  );
  return { folder, port, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Starts `dist/main.js serve` on the site and waits for /ready; `BENCH_CPU_PROF=DIR` leaves a CPU profile there. */
export async function startBallast(site: Site, options: { apply: boolean }): Promise<BallastProcess> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, await commandLine(site, options.apply), {
    cwd: site.folder,
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BALLAST_'))),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const log = join(site.folder, 'ballast.log');
  const sink = createWriteStream(log, { flags: 'a' });
  child.stdout?.pipe(sink, { end: false });
  child.stderr?.pipe(sink, { end: false });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${site.port}`;
  await waitUntilReady(url, child, log);
  const readyMs = performance.now() - startedAt;
  return {
    url,
    readyMs,
    probe: async (ask = 'read') => {
      const reply = once(child, 'message') as Promise<[ProbeReading]>;
      child.send(ask);
      return (await reply)[0];
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      sink.end();
    },
  };
}

async function commandLine(site: Site, isApplying: boolean): Promise<string[]> {
  const profiles = process.env.BENCH_CPU_PROF;
  if (profiles !== undefined) await mkdir(profiles, { recursive: true });
  return [
    ...(profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]),
    '--import',
    new URL('./probe.mjs', import.meta.url).href,
    fileURLToPath(new URL('../dist/main.js', import.meta.url)),
    'serve',
    ...['--config', join(site.folder, 'ballast.yaml')],
    ...(isApplying ? ['--apply', join(site.folder, 'cluster.yaml')] : []),
  ];
}

async function waitUntilReady(url: string, child: ChildProcess, log: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const response = await fetch(`${url}/ready`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.status === 200) return;
    await sleep(10);
  }
  child.kill('SIGKILL');
  const tail = (await readFile(log, 'utf8').catch(() => '')).split('\n').slice(-10).join('\n');
  throw new Error(`Ballast did not become ready; the end of its log:\n${tail}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
