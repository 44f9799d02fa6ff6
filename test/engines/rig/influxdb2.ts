import { join } from 'node:path';
import { engineRequest } from './engine-request.js';
import { type EngineServer, startEngineServer } from './engine-server.js';

export interface Influxdb2Options {
  readonly org?: string;
  readonly bucket?: string;
  /** The operator token that set-up gives out. */
  readonly token?: string;
}

/** A real InfluxDB 2.7, set up: one organisation, one bucket that keeps everything, one token for all. */
export interface Influxdb2 extends EngineServer {
  readonly org: string;
  readonly bucket: string;
  readonly token: string;
  /** Writes line protocol into the bucket; times in nanoseconds. Throws with the server's words when it refuses. */
  write(lines: string): Promise<void>;
  /** Answers Flux as annotated CSV. */
  query(flux: string): Promise<string>;
  /** A call of its API with the token, path from `/api/v2` on; the text of the answer. */
  call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<string>;
}

/** Starts a fresh InfluxDB 2 on a free loopback port. */
export async function startInfluxdb2(options: Influxdb2Options = {}): Promise<Influxdb2> {
  const { org = 'ballast', bucket = 'telegraf', token = 'engine-token' } = options;
  const server = await startEngineServer({
    engine: 'influxd',
    readyPath: '/health',
    prepare: async ({ folder, port }) => [
      ...['--http-bind-address', `127.0.0.1:${port}`],
      ...['--bolt-path', join(folder, 'influxd.bolt')],
      ...['--sqlite-path', join(folder, 'influxd.sqlite')],
      ...['--engine-path', join(folder, 'engine')],
      ...['--reporting-disabled', '--log-level', 'warn'],
    ],
  });
  const authorization = `Token ${token}`;
  const json = { authorization, 'content-type': 'application/json' };
  const post = async (
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<string> => engineRequest({ url: `${server.url}${path}`, method: 'POST', headers, body });
  try {
    const set = { username: 'ballast', password: 'ballast-password', org, bucket, token };
    await post('/api/v2/setup', JSON.stringify(set), { 'content-type': 'application/json' });
  } catch (error) {
    await server.stop();
    throw error;
  }
  const added = {
    org,
    bucket,
    token,
    write: async (lines: string): Promise<void> => {
      const query = new URLSearchParams({ org, bucket, precision: 'ns' });
      await post(`/api/v2/write?${query.toString()}`, lines, { authorization, 'content-type': 'text/plain' });
    },
    query: async (flux: string): Promise<string> => {
      const dialect = { header: true, annotations: ['datatype', 'group', 'default'] };
      const body = JSON.stringify({ query: flux, type: 'flux', dialect });
      return post(`/api/v2/query?${new URLSearchParams({ org }).toString()}`, body, json);
    },
    call: async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<string> =>
      engineRequest({
        url: `${server.url}${path}`,
        method,
        headers: json,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
  // Assigned, not spread: its getters keep telling the state of the moment.
  return Object.assign(server, added);
}
