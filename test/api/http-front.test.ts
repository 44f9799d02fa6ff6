import { expect } from 'chai';
import { request as httpRequest, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { HttpFront, type RequestTaker } from '../../src/api/http-front.js';
import { until } from '../support/app-rig.js';
import { RecordingLogger } from '../support/recording-logger.js';

describe('HttpFront', () => {
  let front: HttpFront;
  let logger: RecordingLogger;
  let takers: RequestTaker[];

  beforeEach(async () => {
    logger = new RecordingLogger();
    takers = [
      (request, response, id) => {
        if (!(request.url ?? '').startsWith('/mine')) return false;
        response.writeHead(200, { 'X-Request-Id': id });
        response.end('mine');
        return true;
      },
    ];
    front = await HttpFront.listen({ host: '127.0.0.1', port: 0, takers, logger });
  });

  afterEach(() => front.stop());

  it('answers 404 with a hint where nobody takes the request', async () => {
    const answer = await fetch(`${front.url}/other`);
    expect(answer.status).to.equal(404);
    expect(await answer.text()).to.include('/bigbluebutton/api');
  });

  it('gives each request an ID, and keeps a plausible one it was given', async () => {
    const ids = await Promise.all([requestId(), requestId(), requestId('proxy.id_1-2')]);
    expect(ids[0]).to.match(/^[0-9a-f-]{36}$/);
    expect(ids[1]).not.to.equal(ids[0]);
    expect(ids[2]).to.equal('proxy.id_1-2');
    for (const odd of ['a b', 'x'.repeat(65), '"<script>']) expect(await requestId(odd)).not.to.equal(odd);
  });

  it('lives on when a taker throws', async () => {
    takers.unshift((request) => {
      if (request.url === '/broken') throw new Error('taker fault');
      return false;
    });
    expect((await fetch(`${front.url}/broken`)).status).to.equal(404);
    expect(logger.lines).to.include('error request failed');
    expect(await (await fetch(`${front.url}/mine`)).text()).to.equal('mine');
  });

  it('takes 100 KiB of request line and headers, and answers 431 beyond 128 KiB', async () => {
    expect(await statusOf(`/mine?${'x'.repeat(100 * 1024)}`)).to.equal(200);
    expect(await statusOf(`/mine?${'x'.repeat(140 * 1024)}`)).to.equal(431);
    expect(await statusOf('/mine')).to.equal(200);
  });

  it('answers 400 to what is no HTTP, and lives on', async () => {
    const socket = await dial();
    socket.write('\x16\x03\x01 nonsense\r\n\r\n');
    expect(await untilClosed(socket)).to.match(/^HTTP\/1\.1 400 /);
    expect(await statusOf('/mine')).to.equal(200);
  });

  it('cuts a client that sends its headers too slowly, and no other', async () => {
    await front.stop();
    front = await HttpFront.listen({ host: '127.0.0.1', port: 0, takers, logger, headersTimeoutMs: 150 });
    const slow = await dial();
    const closed = untilClosed(slow);
    slow.write('GET /mine HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    expect(await statusOf('/mine')).to.equal(200);
    expect(await closed).to.match(/^HTTP\/1\.1 408 /);
    expect(await statusOf('/mine')).to.equal(200);
  });

  it('cuts a client that sends its body too slowly, but not one of the long uploads', async () => {
    await front.stop();
    const ended: string[] = [];
    takers.unshift((request, response) => {
      request.resume();
      request.on('end', () => {
        ended.push(request.url ?? '');
        response.end('whole');
      });
      return true;
    });
    front = await HttpFront.listen({
      ...{ host: '127.0.0.1', port: 0, takers, logger },
      bodyTimeoutMs: 100,
      isLongUpload: ({ url }) => url === '/long',
    });
    const begin = async (path: string): Promise<Socket> => {
      const socket = await dial();
      socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab`);
      return socket;
    };
    const long = await begin('/long');
    const answered = untilClosed(long);
    const slow = await begin('/slow');
    await untilClosed(slow);
    expect(ended).to.deep.equal([]);
    long.end('cd');
    expect(await answered).to.include('whole');
    expect(ended).to.deep.equal(['/long']);
  });

  it('names the address when the port is taken', async () => {
    const { port } = new URL(front.url);
    const error: unknown = await HttpFront.listen({
      host: '127.0.0.1',
      port: Number(port),
      takers: [],
      logger,
    }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.an('error').with.property('message');
    expect((error as Error).message).to.include(`127.0.0.1:${port}: another program listens there`);
  });

  it('closes idle kept connections at once when it stops', async () => {
    const socket = await dial();
    socket.write('GET /mine HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    const startedAt = Date.now();
    const closed = untilClosed(socket);
    await front.stop();
    await closed;
    expect(Date.now() - startedAt).to.be.below(1_000);
  });

  it('finishes a call under way when it stops, and takes no new connection', async () => {
    let held: ServerResponse | undefined;
    takers.unshift((request, response) => {
      if (request.url !== '/slow') return false;
      held = response;
      return true;
    });
    const answer = fetch(`${front.url}/slow`);
    await until('the call is under way', () => held !== undefined);
    const { port } = new URL(front.url);
    const stopped = front.stop();
    const refused = await new Promise((resolve) => {
      connect(Number(port), '127.0.0.1')
        .on('error', resolve)
        .on('connect', () => {
          resolve(undefined);
        });
    });
    expect(refused).to.be.an('error');
    held?.end('finished');
    expect(await (await answer).text()).to.equal('finished');
    await stopped;
  });

  it('tells a kept connection at the end that it gets no further call', async () => {
    let held: ServerResponse | undefined;
    takers.unshift((request, response) => {
      if (request.url !== '/slow') return false;
      held = response;
      return true;
    });
    const socket = await dial();
    const received = untilClosed(socket);
    socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
    await until('the call is under way', () => held !== undefined);
    const stopped = front.stop();
    // Two more are there before the first has ended, as from a proxy that never pauses: one is served, and told.
    socket.write('GET /mine/2 HTTP/1.1\r\nHost: x\r\n\r\nGET /mine/3 HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => setImmediate(resolve));
    held?.end('first');
    const text = await received;
    expect(text)
      .to.include('first')
      .and.to.match(/connection: close/i);
    expect(text.match(/HTTP\/1\.1 200/g)).to.have.length.below(3);
    await stopped;
  });

  it('can be stopped twice', async () => {
    await Promise.all([front.stop(), front.stop()]);
    await front.stop();
  });

  async function requestId(given?: string): Promise<string | null> {
    const headers = given === undefined ? {} : { 'X-Request-Id': given };
    return (await fetch(`${front.url}/mine`, { headers })).headers.get('x-request-id');
  }

  function statusOf(path: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      httpRequest(front.url + path, { agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  }

  function dial(): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(front.url).port), '127.0.0.1', () => {
        resolve(socket);
      });
      socket.once('error', reject);
    });
  }

  function untilClosed(socket: Socket): Promise<string> {
    return new Promise((resolve) => {
      let text = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
      });
      socket.on('close', () => {
        resolve(text);
      });
    });
  }
});
