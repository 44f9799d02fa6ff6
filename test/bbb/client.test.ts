import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { BbbClient } from '../../src/bbb/client.js';
import type { CallEvent } from '../../src/bbb/client.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { silentLogger } from '../../src/log.js';

const OK = '<response>\n<returncode>SUCCESS</returncode>\n<running>true</running>\n</response>';

describe('BbbClient', () => {
  const open: { close: () => unknown }[] = [];
  let events: CallEvent[] = [];

  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close();
    events = [];
  });

  async function serverWith(listener: RequestListener): Promise<{ address: ServerAddress; server: Server }> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    });
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/bigbluebutton/api`;
    return { server, address: { id: 'bbb1', url, secret: 'topsecret', allowInsecureTls: false } };
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
});
