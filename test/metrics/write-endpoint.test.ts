import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { request, type Dispatcher } from 'undici';
import { IngestStore } from '../../src/metrics/ingest-store.js';
import { tokenCheck } from '../../src/metrics/token-check.js';
import { writeHandler } from '../../src/metrics/write-endpoint.js';
import { RecordingLogger } from '../support/recording-logger.js';

const LINE = 'cpu,cpu=cpu-total,host=h1,server=bbb1 usage_idle=75 1700000000';

interface Answer {
  readonly status: number;
  readonly text: string;
}

describe('POST /api/v2/write', () => {
  let server: Server;
  let url: string;
  let store: IngestStore;
  let logger: RecordingLogger;

  beforeEach(async () => {
    store = new IngestStore({ windowMs: 60_000, maxAgeMs: 120_000, now: () => 1_700_000_010_000 });
    logger = new RecordingLogger();
    const handler = writeHandler({
      authorize: tokenCheck(['first-token', 'second-token']),
      store,
      logger,
      maxBytes: 100_000,
    });
    server = createServer((req, res) => void handler(req, res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/write`;
  });

  afterEach(async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  });

  async function write(
    body: string | Buffer,
    query = '?org=o&bucket=b&precision=s',
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const options: Omit<Dispatcher.RequestOptions, 'origin' | 'path'> = {
      method: 'POST',
      body,
      headers: { authorization: 'Token second-token', ...headers },
    };
    const { statusCode, body: answer } = await request(url + query, options);
    return { status: statusCode, text: await answer.text() };
  }

  function cpu(): number | undefined {
    return store.readNow([{ serverId: 'bbb1', host: 'h1' }]).samples.get('bbb1')?.cpu;
  }

  it('answers 204 with nothing and keeps the samples', async () => {
    expect(await write(LINE)).to.deep.equal({ status: 204, text: '' });
    expect(cpu()).to.equal(0.25);
  });

  for (const [precision, stamp] of [
    ['?precision=ns', '1700000000000000000'],
    ['', '1700000000000000000'],
    ['?precision=us', '1700000000000000'],
    ['?precision=ms', '1700000000000'],
    ['?precision=s', '1700000000'],
  ] as const) {
    it(`reads times with ${precision === '' ? 'no precision as nanoseconds' : precision}`, async () => {
      expect((await write(LINE.replace('1700000000', stamp), precision)).status).to.equal(204);
      const sample = store.readNow([{ serverId: 'bbb1', host: 'h1' }]).samples.get('bbb1');
      expect(sample?.sampledAt).to.equal(1_700_000_000_000);
    });
  }

  it('keeps the very millisecond of times in nanoseconds', async () => {
    for (const ms of [1_700_000_000_001, 1_700_000_000_002, 1_700_000_000_006, 1_700_000_000_999]) {
      await write(LINE.replace('1700000000', `${ms}000000`), '?precision=ns');
      const sample = store.readNow([{ serverId: 'bbb1', host: 'h1' }]).samples.get('bbb1');
      expect(sample?.sampledAt).to.equal(ms);
    }
  });

  it('refuses another precision', async () => {
    const { status, text } = await write(LINE, '?precision=h');
    expect(status).to.equal(400);
    expect(JSON.parse(text)).to.include({ code: 'invalid' });
  });

  it('unzips a gzipped body', async () => {
    const { status } = await write(gzipSync(LINE), undefined, { 'content-encoding': 'gzip' });
    expect(status).to.equal(204);
    expect(cpu()).to.equal(0.25);
  });

  it('answers 401 in the words of InfluxDB without a valid token', async () => {
    for (const authorization of ['', 'Token', 'Token wrong', 'Basic second-token', 'Token first-tokenx']) {
      expect(await write(LINE, undefined, { authorization })).to.deep.equal({
        status: 401,
        text: '{"code":"unauthorized","message":"unauthorized access"}',
      });
    }
    expect(cpu()).to.equal(undefined);
    expect((await write(LINE, undefined, { authorization: 'Bearer first-token' })).status).to.equal(204);
  });

  it('names the first bad line and keeps the good ones', async () => {
    const { status, text } = await write(`# hello\nnonsense\n${LINE}\nm f=\n`);
    expect(status).to.equal(400);
    expect(JSON.parse(text)).to.deep.equal({
      code: 'invalid',
      message: 'partial write: line 2: missing fields; 2 lines dropped',
    });
    expect(cpu()).to.equal(0.25);
  });

  it('answers 413 to a body over the limit, announced, streamed or unzipped', async () => {
    const refusal = {
      status: 413,
      text: '{"code":"request too large","message":"unable to read data: points batch is too large"}',
    };
    const large = `${LINE}\n`.repeat(5000);
    expect(await write(large)).to.deep.equal(refusal);
    const bomb = gzipSync(Buffer.alloc(50_000_000, '\n'));
    expect(bomb.length).to.be.below(100_000);
    expect(await write(bomb, undefined, { 'content-encoding': 'gzip' })).to.deep.equal(refusal);
    const { statusCode, body } = await request(url, {
      method: 'POST',
      headers: { authorization: 'Token first-token' },
      body: Readable.from(Array.from({ length: 50 }, () => `${LINE}\n`.repeat(100))),
    });
    expect(statusCode).to.equal(413);
    await body.dump();
  });

  it('answers 400 to what is no gzip, or only half of it', async () => {
    for (const body of [LINE, gzipSync(LINE).subarray(0, 40)]) {
      const { status, text } = await write(body, undefined, { 'content-encoding': 'gzip' });
      expect(status).to.equal(400);
      expect(text).to.include('unable to read data');
    }
    expect((await write(LINE, undefined, { 'content-encoding': 'br' })).status).to.equal(400);
  });

  it('says that it is its own fault, and lives on, when points cannot be kept', async () => {
    const take = store.write.bind(store);
    store.write = () => {
      throw new Error('the series book is broken');
    };
    for (const body of [LINE, `${LINE}\n`, gzipSync(`${LINE}\n`)]) {
      logger.lines.length = 0;
      const headers = typeof body === 'string' ? {} : { 'content-encoding': 'gzip' };
      const { status, text } = await write(body, undefined, headers);
      expect(status).to.equal(500);
      expect(text).not.to.include('series book');
      expect(logger.lines).to.deep.equal(['error ingest: points could not be taken']);
    }
    store.write = take;
    expect((await write(LINE)).status).to.equal(204);
    expect(cpu()).to.equal(0.25);
  });

  it('takes an empty body', async () => {
    expect((await write('')).status).to.equal(204);
  });

  it('lives on when a client goes away in the middle', async () => {
    const { port } = server.address() as AddressInfo;
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          'POST /api/v2/write HTTP/1.1\r\nHost: x\r\nAuthorization: Token first-token\r\nContent-Length: 1000\r\n\r\ncpu',
          () => socket.destroy(),
        );
      });
      socket.on('close', () => {
        resolve();
      });
    });
    expect((await write(LINE)).status).to.equal(204);
  });
});
