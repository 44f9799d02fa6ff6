import { expect } from 'chai';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, request, type ClientRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receiveBody, type BodyLimits, type ReceivedBody } from '../../src/api/receive-body.js';
import { BbbError } from '../../src/bbb/error.js';
import { until } from '../support/app-rig.js';

const MIB = 1_048_576;

type Outcome = ReceivedBody | Error | undefined;

describe('receiveBody', () => {
  let server: Server;
  let folder: string;
  let limits: BodyLimits;
  let outcomes: Outcome[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-spool-'));
    limits = { maxBytes: 4 * MIB, spoolBytes: MIB, spoolDirectory: folder };
    outcomes = [];
    server = createServer((incoming, response) => {
      receiveBody(incoming, limits).then(
        (body) => {
          outcomes.push(body);
          response.end();
        },
        (error: unknown) => {
          outcomes.push(error as Error);
          response.end();
          incoming.resume();
        },
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true });
  });

  function open(headers: Readonly<Record<string, string | number>> = {}): ClientRequest {
    const { port } = server.address() as AddressInfo;
    const client = request({ host: '127.0.0.1', port, method: 'POST', headers });
    client.on('error', () => undefined);
    client.on('response', (response) => response.resume());
    return client;
  }

  async function received(chunks: readonly Buffer[], headers = {}): Promise<Outcome> {
    const client = open(headers);
    for (const chunk of chunks) client.write(chunk);
    client.end();
    await until('the body was received', () => outcomes.length > 0);
    return outcomes[0];
  }

  function asBody(outcome: Outcome): ReceivedBody {
    if (outcome === undefined || outcome instanceof Error) throw new Error(`no body: ${String(outcome)}`);
    return outcome;
  }

  it('gives nothing where no body came', async () => {
    expect(await received([])).to.equal(undefined);
    expect(outcomes).to.have.length(1);
  });

  it('holds a small body in memory, byte for byte', async () => {
    const bytes = randomBytes(200_000);
    const body = asBody(
      await received([bytes.subarray(0, 7), bytes.subarray(7)], { 'content-type': 'text/xml' }),
    );
    expect(body.content.kind === 'bytes' && body.content.bytes.equals(bytes)).to.equal(true);
    expect(body.contentType).to.equal('text/xml');
    expect(body.head.length).to.be.at.most(1_024);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('spools a larger body to a file only we can read, and removes it', async () => {
    const bytes = randomBytes(3 * MIB);
    const body = asBody(await received([bytes]));
    if (body.content.kind !== 'file') throw new Error('it was not spooled');
    expect(body.content.length).to.equal(bytes.length);
    const stored = readFileSync(body.content.path);
    expect(createHash('sha256').update(stored).digest('hex')).to.equal(
      createHash('sha256').update(bytes).digest('hex'),
    );
    expect(statSync(body.content.path).mode & 0o077).to.equal(0);
    await body.discard();
    await body.discard();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('keeps enough of a spooled body to tell what it is, however small its first piece', async () => {
    const client = open({ 'content-type': 'application/x-www-form-urlencoded' });
    client.setNoDelay(true);
    client.write(' ');
    await new Promise((resolve) => client.once('socket', (socket) => socket.once('connect', resolve)));
    await new Promise((resolve) => setImmediate(resolve));
    client.write('<');
    client.write(Buffer.alloc(2 * MIB, 'x'));
    client.end();
    await until('the body was received', () => outcomes.length > 0);
    expect(asBody(outcomes[0]).head.toString('latin1', 0, 2)).to.equal(' <');
  });

  it('refuses a body that is announced too large without reading it', async () => {
    const client = open({ 'content-length': 5 * MIB });
    client.flushHeaders();
    await until('the body was refused', () => outcomes.length > 0);
    expect(outcomes[0]).to.be.instanceOf(BbbError).with.property('messageKey', 'requestTooLarge');
    client.destroy();
  });

  it('refuses a body that turns out too large, and leaves no file', async () => {
    const error = await received([randomBytes(3 * MIB), randomBytes(3 * MIB)], {
      'transfer-encoding': 'chunked',
    });
    expect(error).to.be.instanceOf(BbbError).with.property('messageKey', 'requestTooLarge');
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('refuses a body in memory beyond the limit, where the limit is below the spool size', async () => {
    limits = { ...limits, maxBytes: 1_000 };
    const error = await received([randomBytes(900), randomBytes(900)], { 'transfer-encoding': 'chunked' });
    expect(error).to.be.instanceOf(BbbError).with.property('messageKey', 'requestTooLarge');
  });

  for (const spoolBytes of [MIB, 64 * MIB]) {
    it(`lets a client end a body that was refused (spooled beyond ${spoolBytes / MIB} MiB)`, async () => {
      limits = { ...limits, spoolBytes };
      const client = open({ 'transfer-encoding': 'chunked' });
      let isSent = false;
      client.end(randomBytes(24 * MIB), () => {
        isSent = true;
      });
      await until('the body was sent', () => isSent, 4_000);
      expect(outcomes[0]).to.be.instanceOf(BbbError).with.property('messageKey', 'requestTooLarge');
    });
  }

  it('leaves no file when the client breaks off', async () => {
    const client = open({ 'content-length': 4 * MIB });
    client.write(randomBytes(2 * MIB));
    await until('a file was begun', () => readdirSync(folder).length === 1);
    client.destroy();
    await until('the break was noticed', () => outcomes.length === 1);
    expect(outcomes[0]).to.be.an('error');
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('fails when a client breaks off before anything was spooled', async () => {
    const client = open({ 'content-length': 100 });
    client.write('abc');
    await until('the client is there', async () => (await connections(server)) === 1);
    client.destroy();
    await until('the break was noticed', () => outcomes.length === 1);
    expect(outcomes[0]).to.be.an('error');
  });

  it('fails with a clear error when there is nowhere to spool', async () => {
    limits = { ...limits, spoolDirectory: join(folder, 'missing') };
    expect(await received([randomBytes(2 * MIB)])).to.be.an('error');
  });
});

function connections(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
}
