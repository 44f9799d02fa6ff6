import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { AppRig, until } from './support/app-rig.js';
import { cannedSourceServer, type CannedSourceServer } from './support/canned-source-server.js';

const TOKEN = 'a-token-of-this-source';
const REFRESH_MS = 1_000;

interface Kind {
  readonly source: 'influxdb' | 'influxql' | 'prometheus';
  readonly settings: Readonly<Record<string, string>>;
  readonly type: string;
  /** An answer to the query in `body`: bbb1 was busy by 0.4 at `at`. */
  readonly answer: (at: number, body: string) => string;
}

const KINDS: readonly Kind[] = [
  {
    source: 'influxdb',
    settings: { token: TOKEN, org: 'o', bucket: 'b' },
    type: 'text/csv',
    answer: (at) =>
      '#datatype,string,long,string,string,string,dateTime:RFC3339,double\r\n' +
      ',result,table,server,_measurement,_field,_time,_value\r\n' +
      `,recent,0,bbb1,cpu,usage_idle,${new Date(at).toISOString()},60\r\n`,
  },
  {
    source: 'influxql',
    settings: { token: TOKEN, database: 'd' },
    type: 'application/json',
    answer: (at, body) => {
      const cpu = {
        name: 'cpu',
        tags: { server: 'bbb1' },
        columns: ['time', 'usage_idle'],
        values: [[at, 60]],
      };
      const statements = (new URLSearchParams(body).get('q') ?? '').split('; ').length;
      const others = Array.from({ length: statements - 1 }, () => ({}));
      return JSON.stringify({ results: [{ series: [cpu] }, ...others] });
    },
  },
  {
    source: 'prometheus',
    settings: { token: TOKEN },
    type: 'application/json',
    answer: (at) => {
      const part = (ballast_part: string, value: number): unknown => ({
        metric: { ballast_part, instance: 'h1:9100', server: 'bbb1' },
        value: [at / 1000, String(value)],
      });
      const result = [part('cpu', 0.4), part('cpuAt', at / 1000)];
      return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
    },
  },
];

describe('the configured source of samples', function () {
  this.timeout(20_000);
  let server: CannedSourceServer;
  let rig: AppRig | undefined;
  beforeEach(async () => {
    server = await cannedSourceServer();
  });
  afterEach(async () => {
    await rig?.stop();
    rig = undefined;
    await server.close();
  });

  const start = async ({ source, settings }: Kind): Promise<AppRig> => {
    const metrics = { source, refresh: `${REFRESH_MS}ms`, [source]: { url: server.url, ...settings } };
    rig = await AppRig.start({ servers: 1, settings: { metrics } });
    return rig;
  };

  const cpuOf = async (running: AppRig): Promise<number | undefined> => {
    const { servers } = (await running.admin('GET', 'servers')) as {
      readonly servers: readonly { readonly cpu?: number }[];
    };
    return servers[0]?.cpu;
  };

  for (const kind of KINDS) {
    it(`${kind.source} is read one query at a time, and let go of at the end`, async () => {
      const waiting = new Set<NodeJS.Timeout>();
      // Slower than the refresh: a second query would come while the first is under way.
      server.answer = (_, response, body) => {
        const timer = setTimeout(() => {
          waiting.delete(timer);
          send(response, 200, kind.type, kind.answer(Date.now() - 1_000, body));
        }, 1.2 * REFRESH_MS);
        waiting.add(timer);
      };
      const running = await start(kind);
      await until('samples of bbb1', async () => (await cpuOf(running)) === 0.4);
      await until('a third query', () => server.bodies.length >= 3);
      expect(server.mostAtOnce).to.equal(1);
      expect(running.logger.lines.filter((line) => line.includes('metrics source'))).to.deep.equal([]);
      await running.app.stop();
      await until('no connection', () => server.openSockets === 0, 1_000);
      const asked = server.bodies.length;
      for (const timer of waiting) clearTimeout(timer);
      expect(server.bodies).to.have.length(asked);
    });
  }

  it('is told wrong once, in its own words and without the token, until it answers again', async () => {
    const [kind] = KINDS;
    if (kind === undefined) throw new Error('no kind of source');
    server.answer = (_, response) => {
      const words = JSON.stringify({ code: 'unauthorized', message: `unauthorized access by ${TOKEN}` });
      send(response, 401, 'application/json', words);
    };
    const running = await start(kind);
    await until('three refusals', () => server.bodies.length >= 3);
    const warnings = running.logger.entries.filter(({ message }) => message.startsWith('metrics source'));
    expect(warnings).to.have.length(1);
    expect(warnings[0]?.fields).to.deep.equal({
      source: 'influxdb',
      reason: 'wrong-token',
      error: `InfluxDB at ${server.url} refuses the token (metrics.influxdb.token): "unauthorized access by ***"`,
    });
    const rightAt = performance.now();
    server.answer = (_, response, body) => {
      send(response, 200, kind.type, kind.answer(Date.now() - 1_000, body));
    };
    await until('samples of bbb1', async () => (await cpuOf(running)) === 0.4);
    expect(performance.now() - rightAt).to.be.below(2 * REFRESH_MS + 500);
    expect(running.logger.lines).to.include('info metrics source answers again');
    expect(JSON.stringify(running.logger.entries)).not.to.include(TOKEN);
  });
});

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
