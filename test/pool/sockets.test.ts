import { expect } from 'chai';
import { BbbClient } from '../../src/bbb/client.js';
import type { PollEvent } from '../../src/pool/attempt-poll.js';
import { ServerPool } from '../../src/pool/server-pool.js';
import type { Health } from '../../src/pool/server.js';
import { silentLogger } from '../../src/log.js';
import { answerWith, startCannedBbb, type CannedBbb, type CannedHandler } from '../support/canned-bbb.js';
import { MemoryServerStore } from '../support/memory-server-store.js';
import { failedXml, meetingsXml, serverDefinition } from '../support/poll-xml.js';

const good = answerWith(meetingsXml([{ meetingId: 'm1', attendees: 7 }]));

describe('ServerPool over real sockets', () => {
  let bbb: CannedBbb;
  let client: BbbClient;
  let pool: ServerPool;
  let events: PollEvent[];

  beforeEach(async () => {
    events = [];
    bbb = await startCannedBbb(good);
    client = new BbbClient({ logger: silentLogger });
    pool = await ServerPool.load({
      store: new MemoryServerStore([serverDefinition('bbb1', { url: bbb.url })]),
      client,
      config: { intervalMs: 20, timeoutMs: 250, offlineAfter: 3, onlineAfter: 2, concurrency: 4 },
      now: Date.now,
      random: Math.random,
      logger: silentLogger,
      hasClaims: () => false,
      onPoll: (event) => events.push(event),
    });
    pool.start();
    await becomes('online');
  });

  afterEach(async () => {
    await pool.stop();
    await client.close();
    await bbb.close();
  });

  async function becomes(...healths: Health[]): Promise<void> {
    const deadline = Date.now() + 5000;
    while (!healths.includes(pool.server('bbb1')!.health)) {
      if (Date.now() > deadline) {
        expect.fail(`still ${pool.server('bbb1')!.health}, not ${healths.join(' or ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it('asks for the meetings, signed, and counts what it reads', () => {
    expect(bbb.requests[0]).to.match(/^\/bigbluebutton\/api\/getMeetings\?checksum=[0-9a-f]{64}$/);
    const { poll, clockSkewMs } = pool.server('bbb1')!;
    expect(poll!.counts.attendees).to.equal(7);
    expect(clockSkewMs).to.be.within(-10_000, 10_000);
  });

  const faults: readonly (readonly [name: string, handler: CannedHandler, outcome: PollEvent['outcome']])[] =
    [
      ['hangs', () => undefined, 'timeout'],
      ['breaks the connection', (request) => request.socket.destroy(), 'reset'],
      ['answers 500', (_request, response) => response.writeHead(500).end('<html></html>'), 'status'],
      ['answers HTML', answerWith('<!DOCTYPE html><html><body>Welcome</body></html>', 'text/html'), 'notBbb'],
      ['cuts its XML', answerWith(meetingsXml([{ meetingId: 'm1' }]).slice(0, -40)), 'notBbb'],
      ['answers nothing', answerWith(''), 'notBbb'],
    ];
  for (const [name, handler, outcome] of faults) {
    it(`takes a server that ${name} for failing, and takes it back when it recovers`, async () => {
      bbb.handler = handler;
      await becomes('unstable', 'offline');
      expect(events.at(-1)!.outcome).to.equal(outcome);
      await becomes('offline');
      expect(pool.server('bbb1')!.poll!.counts.attendees).to.equal(7);
      bbb.handler = good;
      await becomes('online');
    });
  }

  it('notices a refused connection', async () => {
    await bbb.close();
    await becomes('offline');
    expect(events.at(-1)!.outcome).to.equal('refused');
  });

  it('notices a wrong secret', async () => {
    bbb.handler = answerWith(failedXml('checksumError'));
    await becomes('wrong-secret');
    bbb.handler = good;
    await becomes('online');
  });

  it('stops without waiting for a server that hangs', async () => {
    bbb.handler = () => undefined;
    const seen = bbb.requests.length;
    while (bbb.requests.length === seen) await new Promise((resolve) => setTimeout(resolve, 2));
    await pool.stop();
    expect(events.at(-1)!.outcome).to.equal('ok');
  });
});
