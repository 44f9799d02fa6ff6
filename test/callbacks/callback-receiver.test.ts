import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { SignJWT } from 'jose';
import type { NewCallback } from '../../src/callbacks/callback.js';
import { CallbackReceiver } from '../../src/callbacks/callback-receiver.js';
import { callbackTaker } from '../../src/callbacks/callback-taker.js';
import { CallbackTargets } from '../../src/callbacks/callback-targets.js';
import { CallbackTokens } from '../../src/callbacks/callback-tokens.js';
import { RecordingReady } from '../../src/callbacks/recording-ready.js';
import { UrlRestorer } from '../../src/callbacks/url-restorer.js';
import { targetOf } from '../store/contract/callback-target-store.js';
import { MemoryTargetStore } from '../support/memory-target-store.js';
import { RecordingLogger } from '../support/recording-logger.js';

describe('what receives the callbacks of servers', () => {
  const tokens = new CallbackTokens(Buffer.alloc(32, 9));
  const id = tokens.newId();
  const token = tokens.tokenOf(id);
  let server: Server;
  let store: MemoryTargetStore;
  let targets: CallbackTargets;
  let ready: RecordingReady;
  let outbox: Map<string, NewCallback>;
  let outcomes: string[];
  let ends: string[];
  let announced: string[];
  let logger: RecordingLogger;
  let isStoreBroken: boolean;
  let now: number;

  beforeEach(async () => {
    [outcomes, ends, announced] = [[], [], []];
    outbox = new Map();
    logger = new RecordingLogger();
    [isStoreBroken, now] = [false, 1_700_000_000_000];
    store = new MemoryTargetStore();
    const urls = {
      end: 'http://a/end',
      'recording-ready/bn': 'http://a/ready?id=1',
      analytics: 'http://a/an',
    };
    store.rows.set(id, targetOf(id, { tenantId: 'school', meetingId: 'room', urls }));
    targets = await CallbackTargets.load({ store, newId: () => tokens.newId(), now: () => now, logger });
    const add = async (callback: NewCallback): Promise<'added' | 'known' | 'conflict'> => {
      if (isStoreBroken) throw new Error('disk full');
      const known = outbox.get(callback.key);
      outbox.set(callback.key, known ?? callback);
      if (known === undefined) return 'added';
      return JSON.stringify(known.content) === JSON.stringify(callback.content) ? 'known' : 'conflict';
    };
    ready = new RecordingReady({
      targets,
      restorer: new UrlRestorer({ tokens, targets }),
      outbox: { add, addAll: (callbacks) => Promise.all(callbacks.map(add)) },
      announce: async (recordId, serverIds) => {
        announced.push(`${recordId} ${serverIds.join()}`);
      },
      now: () => now,
    });
    const receiver = new CallbackReceiver({
      ...{ tokens, targets, ready, outbox: { add }, logger },
      ends: {
        arrived: async (target, slot, marks) => {
          ends.push(`${target.id} ${slot} ${String(marks)}`);
          return 'added';
        },
      },
      signersOf: () => [{ id: 'bbb1', secret: 'server-secret' }],
      onOutcome: (kind, outcome) => outcomes.push(`${kind} ${outcome}`),
      now: () => now,
    });
    const take = callbackTaker({
      receiver,
      hooks: async (_request, response, path) => {
        response.end(`hook ${path}`);
      },
      logger,
    });
    server = createServer((request, response) => {
      if (!take(request, response, 'request-1')) response.writeHead(418).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function send(path: string, init: RequestInit = {}): Promise<number> {
    const answer = await fetch(`${base()}/callbacks/${path}`, init);
    await answer.text();
    return answer.status;
  }

  async function ready1(
    claims: object,
    slot = 'recording-ready/bn',
    secret = 'server-secret',
  ): Promise<number> {
    const jwt = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret));
    return send(`${token}/${slot}`, {
      method: 'POST',
      body: new URLSearchParams({ signed_parameters: jwt }),
    });
  }

  async function bearer(alg = 'HS512', expiresIn = 86_400): Promise<Record<string, string>> {
    const jwt = await new SignJWT({})
      .setProtectedHeader({ alg })
      .setExpirationTime(Math.floor(Date.now() / 1000) + expiresIn)
      .sign(Buffer.from('server-secret'));
    return { authorization: `Bearer ${jwt}` };
  }

  it('takes an end with its marks, whatever else is in the query', async () => {
    expect(await send(`${token}/end?recordingmarks=true&meetingID=school--room&x=1`)).to.equal(200);
    expect(await send(`${token}/end?meetingID=school--room&recordingmarks=maybe`)).to.equal(200);
    expect(await send(`${token}/ended`)).to.equal(200);
    expect(await send(`${token}/end?recordingmarks=true`)).to.equal(200);
    expect(await send(`${token}/end?recordingmarks=true&meetingID=room`)).to.equal(404);
    expect(await send(`${token}/ended`, { method: 'DELETE' })).to.equal(405);
    expect(ends).to.deep.equal([
      ...[`${id} end true`, `${id} end false`, `${id} ended false`],
      `${id} end true`,
    ]);
    expect(outcomes).to.deep.equal(['end forged']);
  });

  it('takes a recording once, and again when it is told of later', async () => {
    const claims = { meeting_id: 'school--room', record_id: 'x-1', iat: 5 };
    expect(await ready1(claims)).to.equal(200);
    expect(await ready1(claims)).to.equal(200);
    expect([...outbox.values()]).to.have.lengthOf(1);
    const [callback] = outbox.values();
    expect(callback).to.deep.include({
      kind: 'recording-ready',
      tenantId: 'school',
      meetingId: 'room',
      target: 'http://a/ready?id=1',
      content: { form: 'recording-ready', claims: { meeting_id: 'room', record_id: 'x-1', iat: 5 } },
    });
    expect(await ready1({ ...claims, iat: 6 })).to.equal(409);
    now += 600_000;
    expect(await ready1(claims)).to.equal(200);
    expect(outbox.size).to.equal(2);
    expect(store.rows.get(id)).to.deep.include({ isRecorded: true, recordedOn: ['bbb1'] });
  });

  it('has the index read a recording before it is told of', async () => {
    await ready1({ meeting_id: 'school--room', record_id: 'x-1' });
    for (const callback of outbox.values()) expect(await ready.beforeDelivery(callback)).to.equal('deliver');
    expect(announced).to.deep.equal(['x-1 bbb1']);
  });

  it('tells of imported recordings where the front end wanted it', async () => {
    const own = `http://lb.example/callbacks/${token}/recording-ready/bn`;
    const metadata = new Map([
      ['bn-recording-ready-url', own],
      ['bbb-recording-ready-url', 'http://b/ready'],
      ['canvas-recording-ready-url', ''],
    ]);
    await ready.announceImported('school', 'room', 'x-1', metadata);
    expect([...outbox.values()].map(({ target }) => target)).to.have.members([
      'http://a/ready?id=1',
      'http://b/ready',
    ]);
    for (const callback of outbox.values()) await ready.beforeDelivery(callback);
    expect(announced).to.deep.equal([]);
    await ready.announceImported('other', 'room', 'x-2', new Map([['bn-recording-ready-url', own]]));
    expect(outbox.size).to.equal(2);
  });

  it('refuses recordings of other meetings, signed by others, or sent otherwise', async () => {
    const good = { meeting_id: 'school--room', record_id: 'x-1' };
    expect(await ready1({ ...good, meeting_id: 'school--other' })).to.equal(404);
    expect(await ready1({ ...good, record_id: '../x' })).to.equal(404);
    expect(await ready1({ record_id: 'x-1' })).to.equal(404);
    expect(await ready1(good, 'recording-ready/bn', 'another')).to.equal(401);
    expect(await send(`${token}/recording-ready/bn`)).to.equal(405);
    expect(await send(`${token}/recording-ready/bn`, { method: 'POST', body: 'x'.repeat(65_537) })).to.equal(
      413,
    );
    expect(outbox.size).to.equal(0);
    expect(outcomes).to.deep.equal(Array.from({ length: 4 }, () => 'recording-ready forged'));
    expect(JSON.stringify(logger.entries)).not.to.include(token);
  });

  it('hands analytics on that a server signed', async () => {
    const body = JSON.stringify({ meeting_id: 'school--room', internal_meeting_id: 'x-1', n: 1 });
    const path = `${token}/analytics`;
    expect(await send(path, { method: 'POST', body, headers: await bearer() })).to.equal(200);
    expect(await send(path, { method: 'POST', body, headers: await bearer() })).to.equal(200);
    const other = body.replace('"n":1', '"n":2');
    expect(await send(path, { method: 'POST', body: other, headers: await bearer() })).to.equal(409);
    expect(await send(path, { method: 'POST', body })).to.equal(401);
    expect(await send(path, { method: 'POST', body, headers: await bearer('HS512', -90) })).to.equal(401);
    expect(await send(path, { method: 'POST', body: '{}', headers: await bearer() })).to.equal(404);
    expect([...outbox.keys()]).to.deep.equal([`${id}:x-1`]);
  });

  it('reads no body above its limit, also one that does not say its size', async () => {
    const headers = { ...(await bearer()), 'transfer-encoding': 'chunked' };
    const status = await new Promise<number>((resolve, reject) => {
      const post = httpRequest(
        `${base()}/callbacks/${token}/analytics`,
        { method: 'POST', headers },
        (answer) => {
          resolve(answer.statusCode ?? 0);
          post.destroy();
        },
      );
      post.on('error', reject);
      const chunk = Buffer.alloc(1024 * 1024, 32);
      for (let sent = 0; sent < 11; sent += 1) post.write(chunk);
    });
    expect(status).to.equal(413);
  });

  it('asks no store for a token it has not made', async () => {
    const [before, other] = [store.lookUps, new CallbackTokens(Buffer.alloc(32))];
    for (let count = 0; count < 50; count += 1) {
      expect(await send(`${other.tokenOf(other.newId())}/ended`)).to.equal(404);
    }
    expect(store.lookUps).to.equal(before);
    expect(await send(`${tokens.tokenOf(tokens.newId())}/ended`)).to.equal(404);
    expect(outcomes).to.have.lengthOf(51);
  });

  it('asks the server to come again while the store fails', async () => {
    isStoreBroken = true;
    expect(await ready1({ meeting_id: 'school--room', record_id: 'x-1' })).to.equal(503);
    isStoreBroken = false;
    expect(await ready1({ meeting_id: 'school--room', record_id: 'x-1' })).to.equal(200);
  });

  it('leaves to webhooks and to others what is theirs', async () => {
    const hook = await fetch(`${base()}/callbacks/hooks/bbb1/abc?x=1`, { method: 'POST' });
    expect(await hook.text()).to.equal('hook bbb1/abc');
    expect((await fetch(`${base()}/other`)).status).to.equal(418);
    expect(await send('nothing')).to.equal(404);
  });
});
