import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { describeError } from '../../../src/cli/cli-error.js';
import { DemoWorld } from '../../../src/sim/demo/demo-world.js';
import { tryInfluxdb } from '../../../src/sim/demo/influxdb-target.js';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';

describe('demo: the InfluxDB that samples go through', () => {
  let sim: SimServer;
  let other: Server;
  let answer: { readonly status: number; readonly body: string };
  let asked: { readonly url: string; readonly authorization: string | undefined; readonly body: string }[];
  beforeEach(async () => {
    asked = [];
    sim = await startSimServer({ id: 'demo-bbb1', secret: 'its-secret' });
    other = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        asked.push({ url: request.url ?? '', authorization: request.headers.authorization, body });
        response.writeHead(answer.status).end(answer.status === 204 ? undefined : answer.body);
      });
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    await sim.stop();
    await closeOther();
  });

  const closeOther = async (): Promise<void> => {
    if (!other.listening) return;
    const closed = new Promise((resolve) => other.close(resolve));
    other.closeAllConnections();
    await closed;
  };
  const target = () => ({
    url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`,
    token: 'the-token',
    org: 'school',
    bucket: 'bbb',
  });

  /** What the person is told. */
  async function complaint(attempt: Promise<unknown>): Promise<string> {
    const error: unknown = await attempt.then(
      () => expect.fail('it was taken'),
      (reason: unknown) => reason,
    );
    return describeError(error);
  }

  it('is sent one batch in the format of Telegraf, with its token, organisation and bucket', async () => {
    answer = { status: 204, body: '' };
    await tryInfluxdb([sim], target());
    expect(asked).to.have.length(1);
    expect(asked[0]?.url).to.equal('/api/v2/write?org=school&bucket=bbb&precision=ns');
    expect(asked[0]?.authorization).to.equal('Token the-token');
    expect(asked[0]?.body).to.match(/^cpu,cpu=cpu-total,host=demo-bbb1,server=demo-bbb1 /);
  });

  for (const [name, status, body, words] of [
    [
      'a wrong token',
      401,
      '{"code":"unauthorized","message":"unauthorized access"}',
      /INFLUX_TOKEN .*unauthorized access/,
    ],
    [
      'a missing bucket',
      404,
      '{"code":"not found","message":"bucket \\"bbb\\" not found"}',
      /INFLUX_BUCKET .*bucket "bbb" not found/,
    ],
    ['what is no InfluxDB', 405, '<html>no</html>', /INFLUX_URL .*HTTP 405 <html>/],
  ] as const) {
    it(`is told of ${name} in words that name the variable, never the token`, async () => {
      answer = { status, body };
      const text = await complaint(tryInfluxdb([sim], target()));
      expect(text).to.match(words).and.include(target().url).and.not.include('the-token');
    });
  }

  it('keeps the demo from starting when it cannot be reached; nothing is left running', async () => {
    const gone = target();
    await closeOther();
    const text = await complaint(
      DemoWorld.start({ diesMs: 1_000, returnsMs: 2_000, againMs: Infinity }, gone),
    );
    expect(text).to.match(/does not take the demo's samples: is it running, and is INFLUX_URL right/);
  });
});
