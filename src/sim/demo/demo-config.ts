import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load-config.js';
import type { InfluxdbTarget } from './influxdb-target.js';

/** Demo time runs this many times faster: a lesson of 45 minutes takes 45 seconds. */
export const SPEED = 60;

/** The folder, configuration and secrets of one demo. */
export interface DemoSetup {
  readonly config: Config;
  readonly secret: string;
  readonly adminToken: string;
  readonly clusterFile: string;
  /** Removes the folder. */
  remove(): Promise<void>;
}

/** A server of the demo's pool, as the cluster file lists it. */
export interface DemoServer {
  readonly id: string;
  readonly url: string;
  readonly secret: string;
}

/**
 * Writes a cluster file and makes a configuration in a temporary folder. Everything is Ballast's default, but for
 * intervals: they keep step with the time that runs faster. With an InfluxDB samples are read from there.
 */
export async function prepareDemo(
  servers: readonly DemoServer[],
  influxdb?: InfluxdbTarget,
): Promise<DemoSetup> {
  const folder = await mkdtemp(join(tmpdir(), 'ballast-demo-'));
  const secret = randomBytes(20).toString('hex');
  const adminToken = randomBytes(20).toString('hex');
  const file = join(folder, 'ballast.yaml');
  const clusterFile = join(folder, 'cluster.yaml');
  const settings = {
    listen: { port: 0 },
    store: `sqlite:${join(folder, 'ballast.db')}`,
    secrets: [secret],
    admin: { tokens: [{ name: 'demo', token: adminToken, scope: 'admin' }] },
    poll: { interval: '1s', timeout: '1s' },
    // Its front end is on this very host.
    callbacks: { allowPrivateTargets: true },
    metrics: {
      window: '5s',
      refresh: '1s',
      maxAge: '10s',
      ...(influxdb === undefined ? {} : { source: 'influxdb', influxdb }),
    },
    placement: { ramp: '15s', defaultMeetingDuration: '60s' },
  };
  await writeFile(file, stringify(settings), { mode: 0o600 });
  const documents = servers.map(({ id, url, secret: own }) =>
    stringify({ kind: 'Server', id, url, secret: own }),
  );
  await writeFile(clusterFile, documents.join('---\n'), { mode: 0o600 });
  const { config } = loadConfig({ file, env: {}, cwd: folder });
  return {
    config,
    secret,
    adminToken,
    clusterFile,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
