import { expect } from 'chai';
import { BbbError } from '../../src/bbb/error.js';
import { UpstreamError } from '../../src/bbb/upstream-error.js';
import { settle } from '../support/manual-clock.js';
import { serverDefinition } from '../support/poll-xml.js';
import { poolRig } from '../support/pool-rig.js';

async function started(maxAgeOfPollMs = 0) {
  const rig = await poolRig(['bbb1']);
  rig.pool.start();
  await rig.clock.advance(0);
  await rig.clock.advance(maxAgeOfPollMs);
  return rig;
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('nothing was thrown'),
    (error: unknown) => error,
  );
}

describe('ServerPool.freshPoll', () => {
  it('gives what was polled within the age asked for', async () => {
    const { pool, client } = await started(2000);
    const server = await pool.freshPoll('bbb1', 2000);
    expect(server).to.equal(pool.server('bbb1'));
    expect(client.calls).to.have.length(1);
    await pool.stop();
  });

  it('polls when the last poll is too old, once for all who ask', async () => {
    const { pool, client, clock } = await started(2000);
    client.behave('bbb1', { kind: 'meetings', meetings: [{ meetingId: 'new' }] });
    const servers = await Promise.all([
      pool.freshPoll('bbb1', 1000),
      pool.freshPoll('bbb1', 1000),
      pool.freshPoll('bbb1', 0),
    ]);
    expect(servers.map((server) => [...server.poll!.meetings.keys()])).to.deep.equal([
      ['new'],
      ['new'],
      ['new'],
    ]);
    expect(client.calls).to.have.length(2);
    expect(servers[0].poll!.startedAt).to.equal(clock.now());
    await pool.stop();
  });

  it('polls again after a change, even within the same millisecond', async () => {
    const { pool, client } = await started();
    await pool.freshPoll('bbb1', 1000);
    expect(client.calls).to.have.length(1);
    pool.markChanged('bbb1');
    await pool.freshPoll('bbb1', 1000);
    expect(client.calls).to.have.length(2);
    await pool.freshPoll('bbb1', 1000);
    expect(client.calls).to.have.length(2);
    await pool.stop();
  });

  it('joins a poll under way only when it began after the last change', async () => {
    const { pool, client } = await started(2000);
    client.behave('bbb1', { kind: 'held' });
    const before = pool.freshPoll('bbb1', 0);
    await settle();
    expect(client.calls).to.have.length(2);
    pool.markChanged('bbb1');
    const after = Promise.all([pool.freshPoll('bbb1', 1000), pool.freshPoll('bbb1', 1000)]);
    await settle();
    expect(client.calls).to.have.length(2);
    client.behave('bbb1', { kind: 'meetings', meetings: [{ meetingId: 'new' }] });
    client.release('bbb1');
    await before;
    expect((await after)[0].poll!.meetings.has('new')).to.equal(true);
    expect(client.calls).to.have.length(3);
    await pool.stop();
  });

  it('waits for those who listen to polls', async () => {
    const { pool } = await started(2000);
    const heard: string[] = [];
    pool.onPolled(async () => {
      await settle();
      heard.push('listener');
    });
    await pool.freshPoll('bbb1', 0);
    expect(heard).to.deep.equal(['listener']);
    await pool.stop();
  });

  it('throws what the server did wrong', async () => {
    const { pool, client } = await started(2000);
    client.behave('bbb1', { kind: 'broken', reason: 'reset' });
    const failure = await failureOf(pool.freshPoll('bbb1', 0));
    expect(failure).to.be.instanceOf(UpstreamError).and.to.include({ serverId: 'bbb1', reason: 'reset' });
    client.behave('bbb1', { kind: 'failed', messageKey: 'checksumError' });
    const refusal = await failureOf(pool.freshPoll('bbb1', 0));
    expect(refusal).to.be.instanceOf(BbbError).and.to.include({ messageKey: 'serverUnavailable' });
    await pool.stop();
  });

  it('refuses servers that are disabled, unknown, or removed while it waits, and after the stop', async () => {
    const { pool, client } = await started(2000);
    await pool.save(serverDefinition('bbb2', { adminState: 'disabled' }));
    for (const serverId of ['bbb2', 'nobody']) {
      expect(await failureOf(pool.freshPoll(serverId, 1000))).to.include({ messageKey: 'serverUnavailable' });
    }
    client.behave('bbb1', { kind: 'held' });
    const waiting = failureOf(pool.freshPoll('bbb1', 0));
    await settle();
    await pool.remove('bbb1');
    expect(await waiting).to.include({ messageKey: 'serverUnavailable' });
    await pool.save(serverDefinition('bbb3'));
    await pool.stop();
    expect(await failureOf(pool.freshPoll('bbb3', 0))).to.include({ messageKey: 'serverUnavailable' });
  });
});
