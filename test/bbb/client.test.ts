import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BbbClient } from '../../src/bbb/client.js';
import type { CallEvent } from '../../src/bbb/client.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { UpstreamError } from '../../src/bbb/upstream-error.js';
import { silentLogger } from '../../src/log.js';
import { listenHttp } from '../support/bbb-sockets.js';

const OK = '<response>\n<returncode>SUCCESS</returncode>\n<running>true</running>\n</response>';

describe('BbbClient', () => {
  const open: { close: () => unknown }[] = [];
  let events: CallEvent[] = [];

  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close();
    events = [];
  });

  async function serverWith(listener: RequestListener): Promise<{ address: ServerAddress }> {
    const server = await listenHttp(listener);
    open.push(server);
    return server;
  }

  function clientWith(options: { maxAnswerBytes?: number } = {}): BbbClient {
    const client = new BbbClient({ logger: silentLogger, onCall: (event) => events.push(event), ...options });
    open.push(client);
    return client;
  }

  it('signs the query as it goes over the wire and gives back the answer', async () => {
    const targets: string[] = [];
    const { address } = await serverWith((request, response) => {
      targets.push(request.url ?? '');
      expect(request.headers.accept).to.equal('text/xml');
      response.setHeader('content-type', 'text/xml;charset=utf-8').end(OK);
    });
    const query = 'meetingID=R%C3%A4um%5B1%5D';
    const answer = await clientWith().call(address, { call: 'isMeetingRunning', query, timeoutMs: 2000 });
    const checksum = createHash('sha256').update(`isMeetingRunning${query}topsecret`).digest('hex');
    expect(targets).to.deep.equal([`/bigbluebutton/api/isMeetingRunning?${query}&checksum=${checksum}`]);
    expect(answer).to.deep.include({ status: 200, returnCode: 'SUCCESS', messageKey: undefined });
    expect(answer.body.toString()).to.equal(OK);
    expect(answer.contentType).to.equal('text/xml;charset=utf-8');
    expect(answer.dateMs).to.be.closeTo(Date.now(), 5000);
    expect(events).to.have.length(1);
    expect(events[0]).to.deep.include({ serverId: 'bbb1', call: 'isMeetingRunning', outcome: 'success' });
  });

  it('gives back a FAILED answer with its key', async () => {
    const { address } = await serverWith((_, response) => {
      response.end('<response><returncode>FAILED</returncode><messageKey>notFound</messageKey></response>');
    });
    const answer = await clientWith().call(address, { call: 'end', query: '', timeoutMs: 2000 });
    expect(answer).to.deep.include({ returnCode: 'FAILED', messageKey: 'notFound' });
    expect(events[0]?.outcome).to.equal('failed');
  });

  it('takes a redirect with its cookies where one is expected', async () => {
    const { address } = await serverWith((_, response) => {
      response
        .writeHead(302, { location: 'https://bbb1/html5client/?t=1', 'set-cookie': ['a=1', 'b=2'] })
        .end();
    });
    const request = { call: 'join', query: 'fullName=x', timeoutMs: 2000, expectRedirect: true };
    const answer = await clientWith().call(address, request);
    expect(answer).to.deep.include({ status: 302, returnCode: undefined });
    expect(answer.location).to.equal('https://bbb1/html5client/?t=1');
    expect(answer.setCookies).to.deep.equal(['a=1', 'b=2']);
  });

  it('posts held bytes with their exact length and type', async () => {
    const seen: unknown[] = [];
    const { address } = await serverWith((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { 'content-type': type, 'content-length': length } = request.headers;
        seen.push(request.method, type, length, Buffer.concat(chunks).toString());
        response.end(OK);
      });
    });
    const body = { kind: 'bytes', bytes: Buffer.from('<modules/>') } as const;
    const request = { call: 'create', query: 'a=b', method: 'POST', body, timeoutMs: 2000 } as const;
    await clientWith().call(address, { ...request, contentType: 'application/xml' });
    expect(seen).to.deep.equal(['POST', 'application/xml', '10', '<modules/>']);
  });

  it('posts a spooled file with its exact length, again on another server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ballast-'));
    open.push({ close: () => rm(folder, { recursive: true }) });
    const path = join(folder, 'body');
    const content = Buffer.alloc(3_000_000, 'x');
    await writeFile(path, content);
    const seen: unknown[] = [];
    const { address } = await serverWith((request, response) => {
      let length = 0;
      request.on('data', (chunk: Buffer) => (length += chunk.length));
      request.on('end', () => {
        seen.push([request.headers['content-length'], request.headers['transfer-encoding'], length]);
        response.end(OK);
      });
    });
    const body = { kind: 'file', path, length: content.length } as const;
    const request = { call: 'create', query: 'a=b', method: 'POST', body, timeoutMs: 5000 } as const;
    const client = clientWith();
    await client.call(address, { ...request, contentType: 'application/xml' });
    await client.call({ ...address, id: 'bbb2' }, { ...request, contentType: 'application/xml' });
    expect(seen).to.deep.equal(Array(2).fill(['3000000', undefined, 3_000_000]));
  });

  it('blames itself, not the server, for a spooled file that is gone', async () => {
    const { address } = await serverWith((request, response) => {
      request.resume().on('end', () => response.end(OK));
    });
    const body = { kind: 'file', path: join(tmpdir(), 'ballast-no-such-file'), length: 5 } as const;
    const failure: unknown = await clientWith()
      .call(address, { call: 'create', query: '', method: 'POST', body, timeoutMs: 2000 })
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error).and.not.instanceOf(UpstreamError);
    expect((failure as Error).message).to.equal('reading a spooled body');
  });

  it('keeps connections, and those of an origin as long as a server uses it', async () => {
    const ports: (number | undefined)[] = [];
    const { address } = await serverWith((request, response) => {
      ports.push(request.socket.remotePort);
      response.end(OK);
    });
    const client = clientWith();
    const request = { call: 'isMeetingRunning', query: 'meetingID=a', timeoutMs: 2000 };
    for (let i = 0; i < 10; i++) await client.call({ ...address, id: i % 2 === 0 ? 'a' : 'b' }, request);
    client.forget('a');
    for (let i = 0; i < 10; i++) await client.call({ ...address, id: 'b' }, request);
    // undici rests a connection for one turn of the event loop, so two take turns.
    expect(new Set(ports).size).to.be.at.most(2);
  });

  it('waits for calls under way when closed, and takes no more', async () => {
    const held: (() => void)[] = [];
    const { address } = await serverWith((_, response) => {
      held.push(() => response.end(OK));
      notice();
    });
    let notice: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (notice = resolve));
    const client = clientWith();
    const request = { call: 'getMeetings', query: '', timeoutMs: 5000 };
    const pending = client.call(address, request);
    await arrived;
    const closed = client.close();
    const refused: unknown = await client.call(address, request).catch((error: unknown) => error);
    expect(refused)
      .to.be.instanceOf(UpstreamError)
      .and.deep.include({ reason: 'refused', mayHaveArrived: false });
    held[0]?.();
    expect((await pending).returnCode).to.equal('SUCCESS');
    await closed;
  });
});
