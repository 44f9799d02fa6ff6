import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Agent, request } from 'undici';
import { checksumOf } from '../../src/sim/checksum.js';
import { AppRig, newMeetingId, queryOf, RIG_ADMIN_TOKEN, RIG_SECRET, until } from '../support/app-rig.js';
import { metadataXml, recordIdOf, tarOf } from '../support/archive-rig.js';
import { elementText } from '../support/sim-client.js';
import { type TlsProxy, startTlsProxy } from './rig/tls-proxy.js';

const UNIT = fileURLToPath(new URL('../../deploy/ballast.service', import.meta.url));
/** As `systemd-analyze security` counts: 0 is nothing exposed, 10 all. */
const MOST_EXPOSURE = 2;

for (const example of ['nginx.conf', 'Caddyfile'] as const) {
  describe(`deploy/${example} in front of Ballast`, function () {
    this.timeout(60_000);
    let rig: AppRig;
    let proxy: TlsProxy;
    const agent = new Agent({ connect: { rejectUnauthorized: false, servername: 'bbb.example.org' } });
    before(async () => {
      rig = await AppRig.start({
        settings: { metrics: { source: 'ingest', ingest: { tokens: ['token-of-telegraf'] } } },
      });
      proxy = await startTlsProxy(example, new URL(rig.app.url).host);
    });
    after(async () => {
      await agent.close();
      await proxy.stop();
      await rig.stop();
    });

    const send = async (
      target: string,
      body?: string,
    ): Promise<{ readonly status: number; readonly text: string }> => {
      const answer = await request(`https://127.0.0.1:${proxy.port}${target}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          host: 'bbb.example.org',
          ...(body !== undefined && { 'content-type': 'application/xml' }),
        },
        body: body ?? null,
        dispatcher: agent,
        signal: AbortSignal.timeout(20_000),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    };
    const signed = (call: string, query: string): string =>
      `/bigbluebutton/api/${call}?${query}&checksum=${checksumOf('sha256', call, query, RIG_SECRET)}`;
    const create = async (query: string, body?: string): Promise<string | undefined> =>
      elementText((await send(signed('create', query), body)).text, 'returncode');

    it('is right by its own tool', () => {
      expect(proxy.verdict).to.match(/test is successful|Valid configuration/);
    });

    it('leaves query strings as they were signed, long ones too', async () => {
      const odd = `name=Fr%c3%BChst%C3%BCck+%2f%2F~a!b&meetingID=${newMeetingId()}&meta_x=%7e//..%2F`;
      expect(await create(odd)).to.equal('SUCCESS');
      const long = queryOf({ name: 'Room', meetingID: newMeetingId(), welcome: 'ä'.repeat(9_000) });
      expect(long.length).to.be.greaterThan(50_000);
      expect(await create(long)).to.equal('SUCCESS');
    });

    it('lets slides pass that come as a body', async () => {
      const slides = Buffer.alloc(20 * 1024 * 1024, 'slide').toString('base64');
      const body = `<modules><module name="presentation"><document name="a.pdf">${slides}</document></module></modules>`;
      expect(await create(queryOf({ name: 'Room', meetingID: newMeetingId() }), body)).to.equal('SUCCESS');
    });

    it('passes on samples and tenants, and neither /admin nor /metrics', async () => {
      // Ballast itself wants a token.
      expect((await send('/api/v2/write', 'cpu x=1')).status).to.equal(401);
      expect((await send('/t/nobody/bigbluebutton/api/getMeetings')).text).to.include('<returncode>FAILED');
      // Recordings that servers send: Ballast wants a token again.
      expect((await send('/admin/v1/recordings/import', 'tar')).status).to.equal(401);
      // A server's call: only Ballast knows that its token is none.
      expect((await send(`/callbacks/${'x'.repeat(32)}/ended`)).status).to.equal(404);
      expect(rig.logger.lines.join('\n')).to.include('callback');
      const recordId = `${'a'.repeat(40)}-1700000000000`;
      for (const path of [
        `presentation/${recordId}/a.png`,
        `t/x/video/${recordId}/`,
        `recording/${recordId}/video`,
        `playback/video/${recordId}`,
      ]) {
        expect((await send(`/${path}`)).text, path).to.include('The BigBlueButton API is at');
      }
      for (const target of ['/admin/v1/servers', '/metrics', '/health', '/']) {
        expect((await send(target)).status, target).to.equal(404);
      }
    });
  });
}

describe('recordings that nginx sends for Ballast', function () {
  this.timeout(60_000);
  const id = recordIdOf('room');
  let folder: string;
  let rig: AppRig;
  let proxy: TlsProxy;
  const agent = new Agent({ connect: { rejectUnauthorized: false, servername: 'bbb.example.org' } });
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-accel-'));
    const recordings = join(folder, 'recordings');
    rig = await AppRig.start({
      settings: {
        publicUrl: 'https://bbb.example.org',
        recordings: {
          ...{ mode: 'archive', directory: recordings, protect: true },
          accelRedirect: '/ballast-recordings',
        },
      },
    });
    // In tests of root nginx reads as somebody else.
    for (const path of [folder, recordings, join(recordings, 'published')]) chmodSync(path, 0o755);
    proxy = await startTlsProxy('nginx.conf', new URL(rig.app.url).host, join(recordings, 'published'));
  });
  after(async () => {
    await agent.close();
    await proxy.stop();
    await rig.stop();
    rmSync(folder, { recursive: true });
  });

  const get = async (target: string, headers: Readonly<Record<string, string>> = {}) => {
    const {
      statusCode,
      headers: answered,
      body,
    } = await request(`https://127.0.0.1:${proxy.port}${target}`, {
      headers: { host: 'bbb.example.org', ...headers },
      dispatcher: agent,
      signal: AbortSignal.timeout(20_000),
    });
    return { status: statusCode, headers: answered, text: await body.text() };
  };

  it('come with ranges and odd names, to those only whom Ballast lets', async () => {
    const files = {
      [`presentation/${id}/metadata.xml`]: metadataXml(id),
      [`presentation/${id}/folien/Übung 1 %2f#?.txt`]: '0123456789',
    };
    const sent = await rig.send('/admin/v1/recordings/import', {
      method: 'POST',
      body: await tarOf(files),
      headers: { authorization: `Bearer ${RIG_ADMIN_TOKEN}` },
    });
    expect(sent.status, sent.text).to.equal(200);
    let list = '';
    await until('it is listed', async () => {
      list = (await rig.call('getRecordings', { recordID: id })).text;
      return list.includes('<recording>');
    });
    const file = `/presentation/${id}/folien/${encodeURIComponent('Übung 1 %2f#?.txt')}`;
    expect((await get(file)).status).to.equal(404);
    expect((await get(`/ballast-recordings${file}`)).status).to.equal(404);
    const link = /<url>https:\/\/bbb\.example\.org([^<]*)</.exec(list)?.[1] ?? '';
    const opened = await get(link);
    expect([opened.status, opened.headers.location]).to.deep.equal([302, `/playback/presentation/2.3/${id}`]);
    const cookie = String(opened.headers['set-cookie']).split(';', 1)[0] ?? '';
    const whole = await get(file, { cookie });
    expect([whole.status, whole.text]).to.deep.equal([200, '0123456789']);
    expect(whole.headers).to.include({ 'content-type': 'text/plain', 'cache-control': 'private, no-cache' });
    expect(whole.headers).not.to.have.property('x-accel-redirect');
    const part = await get(file, { cookie, range: 'bytes=2-4' });
    expect([part.status, part.text]).to.deep.equal([206, '234']);
    const etag = String(whole.headers.etag);
    expect((await get(file, { cookie, 'if-none-match': etag })).status).to.equal(304);
  });
});

describe('deploy/ballast.service', () => {
  const analyze = (...args: readonly string[]): { readonly code: number | null; readonly output: string } => {
    const { status, stdout, stderr, error } = spawnSync('systemd-analyze', args, {
      encoding: 'utf8',
      timeout: 30_000,
    });
    if (error !== undefined) {
      throw new Error('systemd-analyze is needed here: apt-get install systemd', { cause: error });
    }
    return { code: status, output: stdout + stderr };
  };

  /** Its complaints about a unit; the programs that a unit names need not be installed here. */
  const complaints = (unit: string): readonly string[] => {
    const folder = mkdtempSync(join(tmpdir(), 'ballast-unit-'));
    try {
      writeFileSync(join(folder, 'ballast.service'), unit);
      const { output } = analyze('verify', join(folder, 'ballast.service'));
      return output
        .split('\n')
        .filter((line) => line.includes('ballast') && !line.includes('not executable'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('is right by systemd-analyze verify, which finds a misspelt line', () => {
    const unit = readFileSync(UNIT, 'utf8');
    expect(complaints(unit)).to.deep.equal([]);
    const [found = ''] = complaints(unit.replace('ProtectHome=true', 'ProtectHom=true'));
    expect(found).to.match(/Unknown key( name)? 'ProtectHom'/);
  });

  it('exposes next to nothing by systemd-analyze security', () => {
    const { code, output } = analyze('security', '--offline=true', `--threshold=${MOST_EXPOSURE * 10}`, UNIT);
    expect(output).to.match(/Overall exposure level for ballast\.service: [01]\.\d/);
    expect(code).to.equal(0);
  });
});
