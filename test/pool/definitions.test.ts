import { expect } from 'chai';
import { settle } from '../support/manual-clock.js';
import { serverDefinition } from '../support/poll-xml.js';
import { poolRig } from '../support/pool-rig.js';

describe('ServerPool.save and remove', () => {
  it('polls a new server at once and gives it to the store', async () => {
    const { pool, clock, store } = await poolRig([]);
    pool.start();
    await pool.save(serverDefinition('bbb1'));
    await clock.advance(0);
    expect(pool.server('bbb1')!.health).to.equal('online');
    expect(store.servers.has('bbb1')).to.equal(true);
    await pool.stop();
  });

  it('waits for servers saved before the start', async () => {
    const { pool, clock } = await poolRig([]);
    await pool.save(serverDefinition('bbb1'));
    pool.start();
    let isReady = false;
    void pool.firstRound.then(() => (isReady = true));
    await settle();
    expect(isReady).to.equal(false);
    await clock.advance(0);
    expect(isReady).to.equal(true);
    await pool.stop();
  });

  it('keeps health and polls over changes that leave the address as it is', async () => {
    const { pool, clock, client } = await poolRig(['bbb1']);
    pool.start();
    await clock.advance(0);
    const { poll } = pool.server('bbb1')!;
    await pool.save(serverDefinition('bbb1', { adminState: 'cordoned', loadMultiplier: 2 }));
    expect(pool.server('bbb1')).to.include({ health: 'online', poll });
    expect(pool.servers()[0]!.definition).to.include({ adminState: 'cordoned', loadMultiplier: 2 });
    await clock.advance(30_000);
    expect(client.calls.length).to.be.greaterThan(2);
    await pool.stop();
  });

  it('drops the answer to a poll of the old address', async () => {
    const { pool, clock, client } = await poolRig(['bbb1']);
    client.behave('bbb1', { kind: 'held' });
    pool.start();
    await clock.advance(0);
    await pool.save(serverDefinition('bbb1', { url: 'http://127.0.0.1:2/bigbluebutton/api', secret: 'new' }));
    expect(client.calls[0]!.signal.aborted).to.equal(true);
    expect(client.forgotten).to.deep.equal(['bbb1']);
    await settle();
    expect(pool.server('bbb1')).to.include({ health: 'unknown', consecutiveFailures: 0 });
    await clock.advance(0);
    client.behave('bbb1', { kind: 'meetings', meetings: [] });
    client.release('bbb1');
    await settle();
    expect(pool.server('bbb1')!.health).to.equal('online');
    expect(client.calls.map(({ secret }) => secret)).to.deep.equal(['a-secret-of-that-server', 'new']);
    await pool.stop();
  });

  it('changes nothing in memory when the store refuses', async () => {
    const { pool, store } = await poolRig(['bbb1']);
    store.failWith = new Error('disk full');
    const saved = pool.save(serverDefinition('bbb1', { adminState: 'cordoned' }));
    const removed = pool.remove('bbb1');
    const results = await Promise.allSettled([saved, removed]);
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect(pool.server('bbb1')!.definition.adminState).to.equal('enabled');
    store.failWith = undefined;
    await pool.remove('bbb1');
    expect(pool.servers()).to.deep.equal([]);
  });

  it('does not poll a disabled server, knows nothing of it, and polls it again when enabled', async () => {
    const { pool, clock, client } = await poolRig([
      'bbb1',
      serverDefinition('bbb2', { adminState: 'disabled' }),
    ]);
    pool.start();
    await clock.advance(0);
    await pool.firstRound;
    await pool.save(serverDefinition('bbb1', { adminState: 'disabled' }));
    await clock.advance(60_000);
    expect(client.callsTo('bbb1')).to.equal(1);
    expect(client.callsTo('bbb2')).to.equal(0);
    expect(pool.server('bbb1')).to.include({ health: 'unknown', poll: undefined });
    pool.reportFailure('bbb1', 'a late answer');
    expect(pool.server('bbb1')!.health).to.equal('unknown');
    await pool.save(serverDefinition('bbb1'));
    await clock.advance(0);
    expect(pool.server('bbb1')!.health).to.equal('online');
    await pool.stop();
  });

  it('forgets a removed server, also while it is polled', async () => {
    const { pool, clock, client, store } = await poolRig(['bbb1']);
    client.behave('bbb1', { kind: 'held' });
    pool.start();
    await clock.advance(0);
    await pool.remove('bbb1');
    await pool.firstRound;
    client.release('bbb1');
    await clock.advance(60_000);
    expect(pool.server('bbb1')).to.equal(undefined);
    expect(client.calls).to.have.length(1);
    expect(client.forgotten).to.deep.equal(['bbb1']);
    expect(store.servers.size).to.equal(0);
    await pool.stop();
  });
});
