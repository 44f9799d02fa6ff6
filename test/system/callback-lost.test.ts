import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { receivedSide, type ReceivedSide } from '../../src/app-received.js';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { CallbackOutbox } from '../../src/callbacks/outbox.js';
import type { StoredCallback } from '../../src/callbacks/callback.js';
import { answeredMeeting } from '../../src/meetings/answered-meeting.js';
import { ConfigRig } from '../support/config-rig.js';
import { ManualClock, settle } from '../support/manual-clock.js';
import { createCommand } from '../support/create-command.js';
import { liveCopy, meetingRig, type MeetingRig } from '../support/meeting-rig.js';

const MINUTE = 60_000;
const [END, ENDED] = ['https://front.example/end', 'https://front.example/ended'];

describe('ends of meetings on servers that are lost', () => {
  let rig: MeetingRig;
  let side: ReceivedSide;
  let outbox: CallbackOutbox;
  let timers: ManualClock;
  let front: Server;

  beforeEach(async () => {
    rig = await meetingRig({ servers: ['bbb1', 'bbb2'] });
    timers = new ManualClock();
    outbox = await CallbackOutbox.load({
      store: rig.store.callbacks,
      onOutcome: () => undefined,
      now: rig.now,
    });
    const files = new ConfigRig();
    const { config } = files.load(JSON.stringify({ secrets: ['front-end-secret'] }));
    files.remove();
    side = await receivedSide(config, {
      ...{ outbox, store: rig.store, pool: rig.pool, directory: rig.directory, hints: rig.hints },
      announce: () => Promise.resolve(),
      onOutcome: () => undefined,
      now: rig.now,
      setTimer: timers.setTimer,
      logger: rig.logger,
    });
    front = createServer((request, response) => {
      if (!side.taker(request, response, 'request-1')) response.writeHead(418).end();
    });
    await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    await side.stop();
    await rig.stop();
    front.closeAllConnections();
    await new Promise((resolve) => front.close(resolve));
  });

  /** A create as the API does it; returns the path of its own callbacks. */
  async function create(): Promise<string> {
    const query = createCommand('class').query;
    const rewritten = await side.rewriter.rewrite({
      tenantId: 'default',
      meetingId: 'class',
      query: RawQuery.parse(query).append('meta_endCallbackUrl', END).append('meetingEndedURL', ENDED),
      isBreakout: false,
      origin: () => 'http://ballast.example',
    });
    const { answer } = await rig.create('class', { query: rewritten.query.toString() });
    rewritten.created(answeredMeeting(answer));
    return new URL(rewritten.query.get('meetingEndedURL') ?? '').pathname.replace(/\/ended$/, '');
  }

  /** A server's call. */
  async function call(path: string): Promise<number> {
    const { port } = front.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    await answer.text();
    return answer.status;
  }

  /** What may go out now, and what its server is asked before says so as well. */
  async function due(): Promise<readonly string[]> {
    const found: StoredCallback[] = [];
    for (const callback of await outbox.list({ limit: 100 })) {
      if (callback.dueAt <= rig.now()) found.push(callback);
    }
    const targets: string[] = [];
    for (const { id, target } of found) {
      const callback = await outbox.find(id);
      if (callback === undefined) continue;
      const verdict = await side.beforeDelivery(callback, AbortSignal.abort());
      expect(verdict).to.equal('deliver');
      targets.push(target);
    }
    return targets;
  }

  /** Lets what was begun reach the store, and the timers of ends run out. */
  async function elapse(ms: number): Promise<void> {
    rig.advance(ms);
    await timers.advance(ms);
    await settle();
  }

  async function lose(): Promise<void> {
    rig.sim('bbb1').faults.set('*', { kind: 'status', status: 502 });
    for (let round = 0; round < 3; round += 1) await rig.round('bbb1');
  }

  const told = [`${END}?recordingmarks=false&meetingID=class`, ENDED];

  it('are told once when nobody calls, ten minutes after the server was lost', async () => {
    await create();
    await rig.round();
    await lose();
    await elapse(9 * MINUTE);
    await rig.keeper.giveUpLost();
    expect(await due()).to.deep.equal([]);
    await elapse(MINUTE);
    await rig.keeper.giveUpLost();
    await elapse(1);
    expect(await due()).to.have.members(told);
    await rig.keeper.giveUpLost();
    side.sweep();
    await elapse(MINUTE);
    expect(await due()).to.have.lengthOf(2);
  });

  it('go out on the word of a server that is disabled', async () => {
    const path = await create();
    await rig.round();
    const server = rig.pool.server('bbb1');
    if (server === undefined) throw new Error('bbb1 is not in the pool');
    await rig.pool.save({ ...server.definition, adminState: 'disabled' });
    expect(await call(`${path}/end?recordingmarks=true&meetingID=class`)).to.equal(200);
    expect(await call(`${path}/ended`)).to.equal(200);
    expect(await due()).to.deep.equal([]);
    await elapse(MINUTE);
    const byServer = [`${END}?recordingmarks=true&meetingID=class`, ENDED];
    expect(await due()).to.have.members(byServer);
    await elapse(10 * MINUTE);
    await rig.keeper.giveUpLost();
    await elapse(MINUTE);
    expect(await due()).to.have.members(byServer);
  });

  it('go out on the word of a server that calls and is switched off', async () => {
    const path = await create();
    await rig.round();
    expect(await call(`${path}/end?recordingmarks=true&meetingID=class`)).to.equal(200);
    expect(await call(`${path}/ended`)).to.equal(200);
    await lose();
    await elapse(MINUTE);
    expect(await due()).to.have.members([`${END}?recordingmarks=true&meetingID=class`, ENDED]);
  });

  it('are not told again when the meeting comes back with people and ends for good', async () => {
    const path = await create();
    rig.setAttendees('bbb1', 'class', 5);
    await rig.round();
    await lose();
    await elapse(12 * MINUTE);
    await rig.keeper.giveUpLost();
    await elapse(1);
    expect(await due()).to.have.members(told);
    rig.sim('bbb1').faults.clear();
    await rig.round();
    expect(rig.calls.locate('default', 'class')?.isGone).to.equal(false);
    await endOnServer(path);
    expect(await due()).to.have.members(told);
  });

  it('are told once more where the front end created the room again that came back', async () => {
    const path = await create();
    rig.setAttendees('bbb1', 'class', 5);
    await rig.round();
    await lose();
    await elapse(12 * MINUTE);
    await rig.keeper.giveUpLost();
    await elapse(1);
    rig.sim('bbb1').faults.clear();
    await rig.round();
    // A repeat: the server keeps the URLs of the first create.
    await create();
    await rig.round();
    await endOnServer(path);
    expect(await due()).to.have.members([...told, ...told]);
  });

  async function endOnServer(path: string): Promise<void> {
    rig.sim('bbb1').meetings.end(liveCopy(rig.sim('bbb1'), 'class')!);
    expect(await call(`${path}/end?recordingmarks=false&meetingID=class`)).to.equal(200);
    expect(await call(`${path}/ended`)).to.equal(200);
    await rig.round();
    await elapse(2 * MINUTE);
    await rig.round();
    await elapse(MINUTE);
    expect(rig.serverOf('class')).to.equal(undefined);
  }
});
