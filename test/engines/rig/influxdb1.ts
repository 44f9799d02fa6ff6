import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineRequest } from './engine-request.js';
import { type EngineServer, startEngineServer } from './engine-server.js';
import { freeLoopbackPort } from './loopback-port.js';

export interface Influxdb1Options {
  readonly database?: string;
  /** Whether it asks for user and password. Default false. */
  readonly isAuthOn?: boolean;
}

/** A real InfluxDB 1.6 with one database: InfluxQL, no Flux. */
export interface Influxdb1 extends EngineServer {
  readonly database: string;
  /** An administrator; asked for only with authentication on. */
  readonly username: string;
  readonly password: string;
  /** Writes line protocol into the database; times in nanoseconds. */
  write(lines: string): Promise<void>;
  /** Answers InfluxQL as JSON text. Statements that fail are in the answer, not thrown. */
  query(influxql: string): Promise<string>;
}

/** Starts a fresh InfluxDB 1.x on free loopback ports. */
export async function startInfluxdb1(options: Influxdb1Options = {}): Promise<Influxdb1> {
  const { database = 'telegraf', isAuthOn = false } = options;
  const [username, password] = ['ballast', 'engine-password'];
  const server = await startEngineServer({
    engine: 'influxdb1',
    readyPath: '/ping',
    prepare: async ({ folder, port }) => {
      const file = join(folder, 'influxdb.conf');
      await writeFile(file, configText({ folder, port, rpcPort: await freeLoopbackPort(), isAuthOn }));
      return ['run', '-config', file];
    },
  });
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const query = async (influxql: string): Promise<string> =>
    engineRequest({
      url: `${server.url}/query?${new URLSearchParams({ db: database }).toString()}`,
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ q: influxql }).toString(),
    });
  try {
    // The first administrator may be made without being one.
    await engineRequest({
      url: `${server.url}/query`,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        q: `CREATE USER "${username}" WITH PASSWORD '${password}' WITH ALL PRIVILEGES`,
      }).toString(),
    });
    await query(`CREATE DATABASE "${database}"`);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return Object.assign(server, {
    database,
    username,
    password,
    query,
    write: async (lines: string): Promise<void> => {
      const search = new URLSearchParams({ db: database, precision: 'ns' });
      await engineRequest({
        url: `${server.url}/write?${search.toString()}`,
        method: 'POST',
        headers: { authorization },
        body: lines,
      });
    },
  });
}

function configText(settings: {
  readonly folder: string;
  readonly port: number;
  readonly rpcPort: number;
  readonly isAuthOn: boolean;
}): string {
  const { folder, port, rpcPort, isAuthOn } = settings;
  // The port for backups listens on every interface unless told otherwise.
  return `reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"

[meta]
  dir = ${JSON.stringify(join(folder, 'meta'))}

[data]
  dir = ${JSON.stringify(join(folder, 'data'))}
  wal-dir = ${JSON.stringify(join(folder, 'wal'))}
  query-log-enabled = false

[http]
  bind-address = "127.0.0.1:${port}"
  auth-enabled = ${isAuthOn}
  log-enabled = false

[monitor]
  store-enabled = false
`;
}
