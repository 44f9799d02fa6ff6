import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { newMeetingId, until } from '../support/app-rig.js';
import type { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

/** What a stock Telegraf sends of one host. */
function cpuLine(server: string, busyPercent: number, time: number | string): string {
  return `cpu,cpu=cpu-total,host=h-${server},server=${server} usage_idle=${100 - busyPercent},usage_user=1 ${time}\n`;
}

describe('system: the side of operators and Telegraf', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  let ballast: RunningBallast;

  before(async () => {
    await rig.addSims(3);
    ballast = await rig.serve({
      settings: { adminListen: { host: '127.0.0.1', port: 0 } },
      servers: { bbb3: { metricsHost: 'third-host', state: 'cordoned' } },
    });
  });
  after(() => rig.stop());

  it('answers only on adminListen, where the BBB API does not', async () => {
    const { url, adminUrl, tokens } = ballast.access;
    expect(adminUrl).to.not.equal(url);
    const headers = { authorization: `Bearer ${tokens.admin}` };
    const status = async (at: string): Promise<number> => (await ballast.send(at, { headers })).status;
    for (const path of ['/metrics', '/admin/v1/servers']) {
      expect([path, await status(url + path), await status(adminUrl + path)]).to.deep.equal([path, 404, 200]);
    }
    const write = await ballast.send(`${url}/api/v2/write`, { headers, body: cpuLine('bbb1', 1, '') });
    expect(write.status).to.equal(404);
    for (const path of ['/health', '/ready']) {
      expect([path, await status(url + path), await status(adminUrl + path)]).to.deep.equal([path, 200, 200]);
    }
    expect([
      await status(`${url}/bigbluebutton/api`),
      await status(`${adminUrl}/bigbluebutton/api`),
    ]).to.deep.equal([200, 404]);
  });

  it('lets each token do what its scope allows', async () => {
    const { read, operate, admin } = ballast.access.tokens;
    const cordoned = async (token: string): Promise<number> =>
      (await ballast.adminRequest('POST', 'servers/bbb3/cordon', { token })).status;
    const removed = async (token: string): Promise<number> =>
      (await ballast.adminRequest('DELETE', 'servers/none', { token })).status;
    const listed = async (token: string): Promise<number> =>
      (await ballast.adminRequest('GET', 'servers', { token })).status;
    for (const stranger of [ballast.access.secret, ballast.access.ingestToken, rig.sim('bbb1').secret, 'x']) {
      expect([await listed(stranger), await cordoned(stranger)]).to.deep.equal([401, 401]);
    }
    expect([await listed(read), await cordoned(read), await removed(read)]).to.deep.equal([200, 403, 403]);
    expect([await listed(operate), await cordoned(operate), await removed(operate)]).to.deep.equal([
      200, 200, 403,
    ]);
    expect([await listed(admin), await cordoned(admin), await removed(admin)]).to.deep.equal([200, 200, 404]);
    const bare = await ballast.send(`${ballast.access.adminUrl}/admin/v1/servers`);
    expect([bare.status, bare.headers['content-type']]).to.deep.equal([
      401,
      'application/problem+json; charset=utf-8',
    ]);
  });

  it('describes its admin API, and says what it has not', async () => {
    const document = JSON.parse((await ballast.adminRequest('GET', 'openapi.json')).text) as {
      paths: Record<string, unknown>;
    };
    expect(Object.keys(document.paths)).to.include('/servers');
    expect((await ballast.adminRequest('GET', 'nothing')).status).to.equal(404);
    expect((await ballast.adminRequest('DELETE', 'servers')).status).to.equal(405);
  });

  it('refuses samples as InfluxDB does', async () => {
    const line = cpuLine('bbb1', 10, '');
    expect((await ballast.write(line, { token: 'wrong' })).status).to.equal(401);
    expect((await ballast.write(line, { token: ballast.access.tokens.read })).status).to.equal(401);
    expect((await ballast.write(line, { token: ballast.access.secret })).status).to.equal(401);
    expect((await ballast.write(line, { query: 'precision=h' })).status).to.equal(400);
    const get = await ballast.send(`${ballast.access.adminUrl}/api/v2/write`);
    expect(get.status).to.equal(405);
    const big = Buffer.alloc(25_000_001, `# ${'x'.repeat(50_000)}\n`);
    expect((await ballast.write(big)).status).to.equal(413);
    expect((await ballast.write(gzipSync(big), { headers: { 'content-encoding': 'gzip' } })).status).to.equal(
      413,
    );
    expect((await ballast.write('no gzip', { headers: { 'content-encoding': 'gzip' } })).status).to.equal(
      400,
    );
    expect((await ballast.server('bbb2')).cpu).to.equal(undefined);
  });

  it('keeps the good lines of a batch and names the bad one', async () => {
    const answer = await ballast.write(`${cpuLine('bbb2', 40, '')}garbage\ncpu usage_idle=\n`);
    expect(answer.status).to.equal(400);
    const { code, message } = JSON.parse(answer.text) as { code: string; message: string };
    expect(code).to.equal('invalid');
    expect(message).to.match(/^partial write: line 2: /);
    await until('the good line counts', async () => (await ballast.server('bbb2')).cpu === 0.4);
  });

  it('takes gzip, every precision, an operator token, and the host of a server', async () => {
    const now = Date.now();
    const { tokens } = ballast.access;
    const answers = [
      await ballast.write(cpuLine('bbb1', 20, now * 1e6)),
      await ballast.write(cpuLine('bbb1', 20, now * 1e3), { query: 'precision=us' }),
      await ballast.write(cpuLine('bbb1', 20, now), { query: 'precision=ms', token: tokens.operate }),
      await ballast.write(gzipSync(cpuLine('bbb1', 20, Math.floor(now / 1000))), {
        query: 'precision=s',
        headers: { 'content-encoding': 'gzip' },
      }),
      await ballast.write(
        `cpu,cpu=cpu-total,host=third-host usage_idle=70\nmem,host=third-host used_percent=50\n`,
      ),
    ];
    expect(answers.map(({ status }) => status)).to.deep.equal([204, 204, 204, 204, 204]);
    expect(answers.map(({ text }) => text).join('')).to.equal('');
    await until('all of it counts', async () => {
      const [first, third] = [await ballast.server('bbb1'), await ballast.server('bbb3')];
      return (
        Math.abs((first.cpu ?? 0) - 0.2) < 1e-9 &&
        Math.abs((third.cpu ?? 0) - 0.3) < 1e-9 &&
        Math.abs((third.memory ?? 0) - 0.5) < 1e-9
      );
    });
  });

  it('sends no meeting to a hot server', async () => {
    // Beyond the readings of the tests before: the mean is over the last minute.
    const hot = Array.from({ length: 60 }, (_, at) =>
      cpuLine('bbb1', 99, (Date.now() - at * 100) * 1e6),
    ).join('');
    expect((await ballast.write(hot + cpuLine('bbb2', 5, Date.now() * 1e6))).status).to.equal(204);
    await until('bbb1 is hot', async () => ((await ballast.server('bbb1')).cpu ?? 0) > 0.85);
    const list = await ballast.run('server', 'list');
    expect(list).to.match(/^bbb1 .* 9\d %/m);
    // More would fill bbb2 by what they reserve, and the least bad one takes them then.
    for (let at = 0; at < 5; at++) {
      const meetingId = newMeetingId();
      await ballast.create(meetingId);
      expect(await ballast.serverOf(meetingId)).to.equal('bbb2');
    }
    expect(rig.sim('bbb1').calls.count('create')).to.equal(0);
  });
});
