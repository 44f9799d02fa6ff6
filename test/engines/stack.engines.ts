import { hostname } from 'node:os';
import { expect } from 'chai';
import { FrontEnd } from '../../src/sim/demo/front-end.js';
import { FrontEndReceiver } from '../../src/sim/front-end-receiver.js';
import type { EngineName } from './install/engine.js';
import { runCommand } from './install/run-command.js';
import { engineRequest } from './rig/engine-request.js';
import { requireEngine } from './rig/engine-server.js';
import { pollUntil } from './rig/poll-until.js';
import { AlertWatch } from './stack/alert-watch.js';
import { startStack, type Stack } from './stack/start-stack.js';

/** Shorter than Compose's, so that what the rules wait for is all that is waited for. */
const SHORT = {
  ballast: {
    BALLAST_POLL_INTERVAL: '2s',
    BALLAST_METRICS_REFRESH: '2s',
    BALLAST_METRICS_MAX_AGE: '40s',
  },
  telegraf: { TELEGRAF_INTERVAL: '2s' },
};
const WAIT_MS = 100_000;
/** BallastSourceFailing waits for two minutes before it fires. */
const SOURCE_WAIT_MS = 240_000;

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

describe('the whole stack', function () {
  this.timeout(WAIT_MS + 20_000);
  let stack: Stack;
  let alerts: AlertWatch;
  let frontEnd: FrontEnd;

  before(async function () {
    // Nine processes begin at once.
    this.timeout(300_000);
    stack = await startStack({ env: SHORT });
    alerts = new AlertWatch(stack.url('alertmanager', 9093));
    frontEnd = new FrontEnd(
      `${stack.url('ballast', 8080)}/bigbluebutton/api`,
      stack.env.FRONT_END_SECRET ?? '',
    );
  });
  after(async () => {
    try {
      await alerts.stop();
      await frontEnd.close();
    } finally {
      await stack.stop();
    }
  });

  const prometheus = async <T>(path: string): Promise<T> => {
    const answer = await engineRequest({ url: `${stack.url('prometheus', 9090)}/api/v1/${path}` });
    return (JSON.parse(answer) as { data: T }).data;
  };
  const query = async (promql: string): Promise<readonly Sample[]> =>
    (await prometheus<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(promql)}`)).result;
  const told = async (wanted: readonly string[], timeoutMs: number): Promise<void> => {
    await pollUntil(async () => (alerts.now.join() === wanted.join() ? true : undefined), {
      what: `other alerts than ${alerts.now.join(', ')}: ${wanted.join(', ') || 'none'}`,
      timeoutMs,
      context: () => `told: ${alerts.now.join(', ')}; silenced: ${alerts.silenced.join(', ')}`,
    });
  };

  it('runs on the very files that Compose mounts, but for addresses', () => {
    expect(stack.rewritten).to.deep.equal([
      'ballast:/etc/ballast/ballast.yaml',
      'ballast:/etc/ballast/cluster.yaml',
      'prometheus:/etc/prometheus/targets/alertmanager.yml',
      'prometheus:/etc/prometheus/targets/ballast.yml',
    ]);
  });

  it('is healthy by the checks that Compose makes inside the containers', async () => {
    const inner = { prometheus: 9090, alertmanager: 9093, bbb1: 8090 } as const;
    for (const [name, port] of Object.entries(inner)) {
      const [kind, program = '', ...args] = stack.project.services[name]?.healthcheck?.test ?? [];
      expect(kind).to.equal('CMD');
      const path = program === 'node' ? process.execPath : (await requireEngine(program as EngineName)).path;
      const here = args.map((argument) =>
        argument.replace(`http://127.0.0.1:${port}`, stack.url(name, port)),
      );
      expect(here, name).not.to.deep.equal(args);
      await runCommand({ command: path, args: here, timeoutMs: 20_000 });
    }
  });

  it('brings what Telegraf measures here by InfluxDB and Ballast to Prometheus', async () => {
    const [sample] = await pollUntil(
      async () => {
        const found = await query('ballast_server_cpu_ratio{server="bbb5"}');
        return found.length > 0 ? found : undefined;
      },
      { what: 'CPU of bbb5 in Prometheus', timeoutMs: WAIT_MS },
    );
    const flux = `from(bucket: "${stack.env.INFLUX_BUCKET ?? 'ballast'}") |> range(start: -10m)
      |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_idle" and r.server == "bbb5")
      |> keep(columns: ["host", "_value"])`;
    const csv = await engineRequest({
      url: `${stack.url('influxdb', 8086)}/api/v2/query?org=ballast`,
      method: 'POST',
      headers: {
        authorization: `Token ${stack.env.INFLUX_TOKEN ?? ''}`,
        'content-type': 'application/vnd.flux',
      },
      body: flux,
    });
    const rows = csv.trim().split(/\r?\n/).slice(1);
    const [head = ''] = csv.split(/\r?\n/);
    const column = head.split(',').indexOf('_value');
    const busy = rows.map((row) => 1 - Number(row.split(',')[column]) / 100);
    expect(rows.every((row) => row.includes(hostname()))).to.equal(true);
    // A mean over the window lies between what was measured.
    expect(Number(sample?.value[1])).to.be.within(Math.min(...busy) - 0.01, Math.max(...busy) + 0.01);
  });

  it('is healthy: all rules work, lessons are held, nobody is told of anything', async function () {
    this.timeout(2 * WAIT_MS + 20_000);
    const { groups } = await prometheus<{ groups: { rules: { name: string; health: string }[] }[] }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).to.be.greaterThan(20);
    const sick = await pollUntil(
      async () => {
        const now = await prometheus<{ groups: { rules: { name: string; health: string }[] }[] }>('rules');
        const found = now.groups.flatMap((group) => group.rules);
        return found.some(({ health }) => health === 'unknown')
          ? undefined
          : found.filter(({ health }) => health !== 'ok');
      },
      { what: 'first evaluation of every rule', timeoutMs: WAIT_MS },
    );
    expect(sick).to.deep.equal([]);
    await pollUntil(
      async () => {
        const [attendees] = await query('sum(ballast_server_attendees)');
        return Number(attendees?.value[1] ?? 0) > 10 ? true : undefined;
      },
      { what: 'people in meetings', timeoutMs: WAIT_MS },
    );
    expect(alerts.seen).to.deep.equal([]);
  });

  it('tells of a server that dies, and of nothing else, until it is back', async function () {
    this.timeout(2 * WAIT_MS + 60_000);
    await stack.service('bbb3').kill();
    await told(['BallastServerOffline bbb3'], WAIT_MS);
    expect(await frontEnd.create('while-bbb3-is-dead', undefined)).to.include({ isSuccess: true });
    await stack.service('bbb3').start();
    await told([], WAIT_MS);
    expect(alerts.seen).to.deep.equal(['BallastServerOffline bbb3']);
  });

  it('tells of a source that dies and not of each stale sample; meetings go on', async function () {
    this.timeout(SOURCE_WAIT_MS + 2 * WAIT_MS + 60_000);
    alerts.forget();
    await stack.service('influxdb').kill();
    await told(['BallastSourceFailing'], SOURCE_WAIT_MS);
    await pollUntil(async () => (alerts.silenced.length > 0 ? true : undefined), {
      what: 'stale samples, silenced',
      timeoutMs: WAIT_MS,
    });
    expect(alerts.seen).to.deep.equal(['BallastSourceFailing']);
    expect(alerts.silenced.every((name) => name.includes('SamplesStale'))).to.equal(true);
    expect(await frontEnd.create('while-influxdb-is-dead', undefined)).to.include({ isSuccess: true });
    await stack.service('influxdb').start();
    await told([], WAIT_MS);
  });

  it('shows how long a callback waits for a front end that is away, and delivers it when that is back', async function () {
    this.timeout(3 * WAIT_MS);
    const secret = stack.env.FRONT_END_SECRET ?? '';
    const oldest = async (): Promise<number> => {
      const [sample] = await query('max(ballast_callbacks_oldest_seconds)');
      return Number(sample?.value[1]);
    };
    let receiver = await FrontEndReceiver.start({ secret });
    try {
      const room = 'whose-front-end-is-away';
      expect(await frontEnd.create(room, undefined, receiver.createParameters)).to.include({
        isSuccess: true,
      });
      await receiver.stop();
      expect(await frontEnd.end(room)).to.include({ isSuccess: true });
      await pollUntil(async () => ((await oldest()) > 20 ? true : undefined), {
        what: 'a callback that waits',
        timeoutMs: WAIT_MS,
      });
      receiver = await FrontEndReceiver.start({ secret, port: receiver.port });
      await pollUntil(
        () => Promise.resolve(receiver.received.some(({ meetingId }) => meetingId === room) || undefined),
        { what: 'the callback', timeoutMs: WAIT_MS },
      );
      await pollUntil(async () => ((await oldest()) < 20 ? true : undefined), {
        what: 'nothing that waits',
        timeoutMs: WAIT_MS,
      });
    } finally {
      await receiver.stop();
    }
    expect(receiver.received.map(({ kind, isGenuine }) => [kind, isGenuine])).to.deep.equal([['end', true]]);
  });
});
