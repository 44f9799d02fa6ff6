import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { BbbClient } from '../../src/bbb/client.js';
import type { BbbRequest, CallEvent } from '../../src/bbb/client.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { UpstreamError } from '../../src/bbb/upstream-error.js';
import { silentLogger } from '../../src/log.js';
import { listen, listenHttp, listenTcp } from '../support/bbb-sockets.js';

const XML = '<response><returncode>SUCCESS</returncode></response>';
const HEAD = `HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n`;
const WHOLE = `${HEAD}content-length: ${XML.length}\r\n\r\n${XML}`;
const key = readFileSync(new URL('../support/tls/key.pem', import.meta.url), 'utf8');
const cert = readFileSync(new URL('../support/tls/cert.pem', import.meta.url), 'utf8');

describe('BbbClient, when a server fails', () => {
  const open: { close: () => unknown }[] = [];
  let events: CallEvent[] = [];

  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close();
    events = [];
  });

  function clientWith(options: { maxAnswerBytes?: number; caFile?: string } = {}): BbbClient {
    const client = new BbbClient({ logger: silentLogger, onCall: (event) => events.push(event), ...options });
    open.push(client);
    return client;
  }

  async function tcp(onRequest: (socket: Socket, count: number) => void): Promise<ServerAddress> {
    let count = 0;
    const server = await listenTcp((socket) => {
      socket.on('data', () => {
        onRequest(socket, ++count);
      });
    });
    open.push(server);
    return server.address;
  }

  async function failureOf(
    client: BbbClient,
    address: ServerAddress,
    request: Partial<BbbRequest> = {},
  ): Promise<UpstreamError> {
    const failure: unknown = await client
      .call(address, { call: 'create', query: 'name=Geheim&moderatorPW=pw', timeoutMs: 2000, ...request })
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(UpstreamError);
    const error = failure as UpstreamError;
    expect(error.serverId).to.equal('bbb1');
    expect(error.message)
      .to.match(/^server bbb1 /)
      .and.not.match(/topsecret|checksum|Geheim|pw|http:/);
    expect(events.at(-1)?.outcome).to.equal(error.reason);
    return error;
  }

  it('names a refused connection, and that nothing was sent', async () => {
    const server = await listenTcp(() => undefined);
    await server.close();
    const error = await failureOf(clientWith(), server.address);
    expect(error).to.include({ reason: 'refused', mayHaveArrived: false });
  });

  it('names a host that does not exist', async () => {
    const address = {
      id: 'bbb1',
      url: 'http://bbb.invalid/bigbluebutton/api',
      secret: 'x',
      allowInsecureTls: false,
    };
    const error = await failureOf(clientWith(), address);
    expect(error).to.include({ reason: 'refused', mayHaveArrived: false });
  });

  it('names a connection that breaks before and within the answer', async () => {
    const before = await tcp((socket) => socket.resetAndDestroy());
    expect(await failureOf(clientWith(), before)).to.include({ reason: 'reset', mayHaveArrived: true });
    const within = await tcp((socket) => socket.end(`${HEAD}content-length: 500\r\n\r\n<response>`));
    expect(await failureOf(clientWith(), within)).to.include({ reason: 'reset', mayHaveArrived: true });
  });

  it('gives up on a server that hangs, drips or never accepts the whole answer', async () => {
    const hangs = await tcp(() => undefined);
    expect(await failureOf(clientWith(), hangs, { timeoutMs: 60 })).to.include({
      reason: 'timeout',
      mayHaveArrived: true,
    });
    const drips = await tcp((socket) => {
      socket.write(HEAD);
      const timer = setInterval(() => socket.write('x-a: b\r\n'), 10);
      socket.once('close', () => {
        clearInterval(timer);
      });
    });
    const startedAt = performance.now();
    expect(await failureOf(clientWith(), drips, { timeoutMs: 100 })).to.include({ reason: 'timeout' });
    expect(performance.now() - startedAt).to.be.within(95, 1500);
  });

  it('does not send a call any more that was given up while it waited for a connection', async () => {
    let requests = 0;
    const address = await tcp(() => requests++);
    const client = new BbbClient({
      logger: silentLogger,
      connections: 1,
      onCall: (event) => events.push(event),
    });
    open.push(client);
    const first = failureOf(client, address, { timeoutMs: 300 });
    const second = await failureOf(client, address, { timeoutMs: 50 });
    expect(second).to.include({ reason: 'timeout', mayHaveArrived: false });
    await first;
    expect(requests).to.equal(1);
  });

  it('ends a call when its signal does', async () => {
    const address = await tcp(() => undefined);
    const abort = new AbortController();
    const pending = failureOf(clientWith(), address, { signal: abort.signal });
    abort.abort(new Error('the front end left'));
    expect(await pending).to.include({ reason: 'timeout' });
    const late = await failureOf(clientWith(), address, { signal: abort.signal });
    expect(late).to.include({ reason: 'timeout', mayHaveArrived: false });
  });

  it('names HTTP errors, redirects nobody expected, HTML, cut XML and noise', async () => {
    const answers: [number, string, string][] = [
      [500, XML, 'status'],
      [502, '<html>Bad Gateway</html>', 'status'],
      [404, XML, 'status'],
      [400, '<html>Bad Request</html>', 'rejected'],
      [414, '', 'rejected'],
      [302, '', 'status'],
      [204, '', 'status'],
      [200, '<!DOCTYPE html><html><body>maintenance</body></html>', 'notBbb'],
      [200, '', 'notBbb'],
      [200, '<response><returncode>SUCCESS</returncode><meetings><meeting>', 'notBbb'],
      [200, '<response><returncode>MAYBE</returncode></response>', 'notBbb'],
      [200, '{"response":{"returncode":"SUCCESS"}}', 'notBbb'],
    ];
    for (const [status, body, reason] of answers) {
      const server = await listenHttp((_, response) => {
        response.writeHead(status, { location: 'http://elsewhere/' }).end(body);
      });
      open.push(server);
      const error = await failureOf(clientWith(), server.address);
      expect(error, body).to.include({ reason, mayHaveArrived: true });
    }
    const noise = await tcp((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    expect(await failureOf(clientWith(), noise)).to.include({ reason: 'notBbb' });
  });

  it('stops reading an answer beyond its limit, announced or not', async () => {
    const announced = await tcp((socket) => socket.write(`${HEAD}content-length: 999999999\r\n\r\n`));
    expect(await failureOf(clientWith({ maxAnswerBytes: 1000 }), announced)).to.include({
      reason: 'tooLarge',
    });
    const endless = await tcp((socket) => {
      socket.write(`${HEAD}\r\n`);
      const pour = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
      };
      socket.on('drain', pour);
      pour();
    });
    expect(await failureOf(clientWith({ maxAnswerBytes: 1_000_000 }), endless)).to.include({
      reason: 'tooLarge',
    });
  });

  it('reads again when a kept connection was closed, and never creates again', async () => {
    // Each connection answers one request and dies of the next one, as at the end of a keep-alive.
    const server = await listenTcp((socket) => {
      let count = 0;
      socket.on('data', () => (++count === 1 ? socket.write(WHOLE) : socket.destroy()));
    });
    open.push(server);
    const read = { call: 'isMeetingRunning', query: 'meetingID=a', timeoutMs: 2000 };
    const client = clientWith();
    for (let i = 0; i < 3; i++)
      expect((await client.call(server.address, read)).returnCode).to.equal('SUCCESS');
    expect(await failureOf(client, server.address)).to.include({ reason: 'reset', mayHaveArrived: true });
  });

  it('verifies TLS, unless an extra CA or the server itself says otherwise', async () => {
    const server = await listen(
      createTlsServer({ key, cert }, (_, response) => response.end(XML)),
      'https',
    );
    open.push(server);
    const { address } = server;
    expect(await failureOf(clientWith(), address)).to.include({ reason: 'tls', mayHaveArrived: false });
    const request = { call: 'getMeetings', query: '', timeoutMs: 2000 };
    expect((await clientWith({ caFile: cert }).call(address, request)).returnCode).to.equal('SUCCESS');
    const client = clientWith();
    const insecure = { ...address, allowInsecureTls: true };
    expect((await client.call(insecure, request)).returnCode).to.equal('SUCCESS');
    expect(await failureOf(client, address)).to.include({ reason: 'tls' });
    const plain = await tcp((socket) => socket.destroy());
    const wrong = { ...plain, url: plain.url.replace('http:', 'https:') };
    expect(await failureOf(clientWith(), wrong)).to.include({ reason: 'tls', mayHaveArrived: false });
  });

  it('throws nothing but UpstreamError, whatever bytes a server answers', async () => {
    let bytes = Buffer.alloc(0);
    const address = await tcp((socket) => socket.end(bytes));
    const client = clientWith();
    const soup = fc.constantFrom(
      HEAD,
      WHOLE,
      XML,
      'content-length: 5\r\n',
      'transfer-encoding: chunked\r\n',
      '\r\n\r\n',
      'f\r\n',
      '<',
      '\0',
      '302',
    );
    const noise = fc
      .array(fc.oneof(soup, fc.string({ maxLength: 8 })), { maxLength: 8 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(noise, async (text) => {
        bytes = Buffer.from(text);
        const outcome: unknown = await client
          .call(address, { call: 'join', query: '', timeoutMs: 1000, expectRedirect: true })
          .catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).to.be.instanceOf(UpstreamError);
        else expect(outcome).to.have.property('returnCode', 'SUCCESS');
      }),
      { numRuns: 60 },
    );
  });
});
