import { expect } from 'chai';
import { serverDefinition } from '../support/poll-xml.js';
import { poolRig } from '../support/pool-rig.js';

describe('ServerPool', () => {
  it('knows its servers before the first poll, in order of ID, and calls them unknown', async () => {
    const { pool, client } = await poolRig(['bbb2', 'bbb10', 'bbb1']);
    expect(pool.servers().map(({ definition }) => definition.id)).to.deep.equal(['bbb1', 'bbb10', 'bbb2']);
    expect(pool.server('bbb1')).to.include({ health: 'unknown', poll: undefined });
    expect(client.calls).to.have.length(0);
  });

  it('is ready after one poll of each server', async () => {
    const { pool, clock, client } = await poolRig(['bbb1', 'bbb2']);
    client.behave('bbb1', {
      kind: 'meetings',
      meetings: [
        { meetingId: 'm1', attendees: 4, voice: 2 },
        { meetingId: 'm2', attendees: 3 },
      ],
    });
    client.behave('bbb2', { kind: 'broken', reason: 'refused' });
    pool.start();
    await clock.advance(0);
    await pool.firstRound;
    expect(pool.server('bbb1')).to.include({ health: 'online', consecutiveFailures: 0 });
    const { poll } = pool.server('bbb1')!;
    expect(poll!.counts).to.deep.equal({ meetings: 2, attendees: 7, listeners: 0, voice: 2, video: 0 });
    expect(poll!.meetings.get('m2')!.xml.toString()).to.contain('<meetingID>m2</meetingID>');
    expect(pool.server('bbb2')).to.include({ health: 'unstable', poll: undefined, consecutiveFailures: 1 });
    await pool.stop();
  });

  it('is ready without servers, and after one timeout where servers hang', async () => {
    const empty = await poolRig([]);
    empty.pool.start();
    await empty.pool.firstRound;
    await empty.pool.stop();
    const { pool, clock, client } = await poolRig(['bbb1']);
    client.behave('bbb1', { kind: 'held' });
    pool.start();
    let isReady = false;
    void pool.firstRound.then(() => (isReady = true));
    await clock.advance(4999);
    expect(isReady).to.equal(false);
    await clock.advance(1);
    expect(isReady).to.equal(true);
    await pool.stop();
  });

  it('polls every interval, the servers spread over it', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `bbb${index}`);
    const times: number[] = [];
    const { pool, clock, client } = await poolRig(ids, { onPoll: () => times.push(clock.now()) });
    pool.start();
    await clock.advance(20_000);
    const calls = client.calls.length;
    times.length = 0;
    await clock.advance(20_000);
    expect(client.calls.length - calls).to.equal(40);
    expect(new Set(times).size).to.equal(40);
    await pool.stop();
  });

  it('sees a server go down and come back within 30 s, and logs the changes only', async () => {
    const { pool, clock, client, logger } = await poolRig(['bbb1']);
    pool.start();
    await clock.advance(60_000);
    client.behave('bbb1', { kind: 'broken', reason: 'timeout' });
    await clock.advance(25_000);
    expect(pool.server('bbb1')!.health).to.equal('offline');
    const since = pool.server('bbb1')!.healthSince;
    await clock.advance(600_000);
    expect(pool.server('bbb1')).to.include({ health: 'offline', healthSince: since });
    client.behave('bbb1', { kind: 'meetings', meetings: [] });
    await clock.advance(15_000);
    expect(pool.server('bbb1')).to.include({ health: 'online', lastFailure: undefined });
    expect(logger.lines).to.deep.equal([
      'info server bbb1 is online',
      'warn server bbb1 is unstable, it gets no new meetings: server bbb1 is broken',
      'error server bbb1 is offline after 3 failures in a row: server bbb1 is broken',
      'info server bbb1 is online',
    ]);
    await pool.stop();
  });

  it('keeps the last good poll of a failing server', async () => {
    const { pool, clock, client } = await poolRig(['bbb1']);
    client.behave('bbb1', { kind: 'meetings', meetings: [{ meetingId: 'm1', attendees: 4 }] });
    pool.start();
    await clock.advance(0);
    const { poll } = pool.server('bbb1')!;
    client.behave('bbb1', { kind: 'text', body: '<html>502</html>' });
    await clock.advance(60_000);
    expect(pool.server('bbb1')).to.include({ health: 'offline', poll });
    await pool.stop();
  });

  it('takes reported failures as one, and looks within a second', async () => {
    const { pool, clock, client } = await poolRig(['bbb1']);
    pool.start();
    await clock.advance(30_000);
    const calls = client.calls.length;
    for (let call = 0; call < 50; call += 1) pool.reportFailure('bbb1', 'create broke');
    expect(pool.server('bbb1')).to.include({
      health: 'unstable',
      consecutiveFailures: 1,
      lastFailure: 'create broke',
    });
    await clock.advance(1000);
    expect(client.calls.length).to.be.greaterThan(calls);
    await clock.advance(1000);
    expect(pool.server('bbb1')!.health).to.equal('online');
    pool.reportFailure('nobody', 'create broke');
    await pool.stop();
  });

  it('names what to do about a wrong secret, once, and serves at once when it is repaired', async () => {
    const { pool, clock, client, logger, events } = await poolRig(['bbb2']);
    client.behave('bbb2', { kind: 'failed', messageKey: 'checksumError' });
    pool.start();
    await clock.advance(50_000);
    expect(pool.server('bbb2')!.health).to.equal('wrong-secret');
    expect(events[0]).to.deep.equal({ serverId: 'bbb2', seconds: 0, outcome: 'wrong-secret' });
    client.behave('bbb2', { kind: 'meetings', meetings: [] });
    await pool.save(serverDefinition('bbb2', { secret: 'the-right-one' }));
    await clock.advance(0);
    expect(pool.server('bbb2')!.health).to.equal('online');
    expect(logger.lines).to.deep.equal([
      'error server bbb2 refuses our secret (checksumError): set its secret to what `bbb-conf --secret` prints there',
      'info server bbb2 is online',
    ]);
    await pool.stop();
  });

  it('counts other refusals and unreadable answers as failures', async () => {
    const { pool, clock, client, events } = await poolRig(['bbb1', 'bbb2']);
    client.behave('bbb1', { kind: 'failed', messageKey: 'generalError' });
    client.behave('bbb2', { kind: 'text', body: '<response><returncode>SUCCESS</returncode><meetings>' });
    pool.start();
    await clock.advance(0);
    expect(events.map(({ outcome }) => outcome)).to.deep.equal(['notBbb', 'notBbb']);
    expect(pool.server('bbb1')!.lastFailure).to.contain('generalError');
    expect(pool.server('bbb2')!.health).to.equal('unstable');
    await pool.stop();
  });

  it('flags a clock that is off by more than a minute, once', async () => {
    const { pool, clock, client, logger } = await poolRig(['bbb1']);
    const at = (offMs: number) => {
      client.behave('bbb1', { kind: 'meetings', meetings: [], dateMs: clock.now() + offMs });
    };
    at(-125_000);
    pool.start();
    await clock.advance(0);
    expect(pool.server('bbb1')!.clockSkewMs).to.equal(-124_500);
    await clock.advance(30_000);
    expect(logger.lines.filter((line) => line.includes('clock'))).to.deep.equal([
      'warn the clock of server bbb1 is 125 s behind ours: check its NTP',
    ]);
    at(10_000);
    await clock.advance(10_000);
    expect(logger.lines.at(-1)).to.equal('info the clock of server bbb1 is right again');
    await pool.stop();
  });

  it('awaits who listens to polls one by one, and lives on when one of them throws', async () => {
    const { pool, clock, logger } = await poolRig(['bbb1']);
    const heard: string[] = [];
    pool.onPolled(() => {
      throw new Error('broken');
    });
    pool.onPolled(async ({ definition, health }) => {
      await Promise.resolve();
      heard.push(`first ${definition.id} ${health}`);
    });
    const unsubscribe = pool.onPolled(() => void heard.push('second'));
    pool.start();
    await clock.advance(0);
    expect(heard).to.deep.equal(['first bbb1 online', 'second']);
    expect(logger.lines.at(-1)).to.equal('error what follows a poll of server bbb1 failed');
    unsubscribe();
    await clock.advance(12_500);
    expect(heard).to.deep.equal(['first bbb1 online', 'second', 'first bbb1 online']);
    await pool.stop();
  });

  it('aborts the polls under way when it stops, and waits for them', async () => {
    const { pool, clock, client, logger } = await poolRig(['bbb1']);
    client.behave('bbb1', { kind: 'held' });
    pool.start();
    await clock.advance(0);
    await pool.stop();
    expect(client.calls[0]!.signal.aborted).to.equal(true);
    expect(pool.server('bbb1')!.health).to.equal('unknown');
    expect(logger.lines).to.deep.equal([]);
    await clock.advance(60_000);
    expect(client.calls).to.have.length(1);
    expect(clock.pending).to.equal(0);
    await pool.firstRound;
  });

  it('tells how many polls wait for a place', async () => {
    const config = { intervalMs: 10_000, timeoutMs: 5000, offlineAfter: 3, onlineAfter: 2, concurrency: 2 };
    const ids = ['bbb1', 'bbb2', 'bbb3', 'bbb4', 'bbb5'];
    const { pool, clock, client } = await poolRig(ids, { config });
    for (const id of ids) client.behave(id, { kind: 'held' });
    pool.start();
    await clock.advance(0);
    expect(pool.pollQueueLength).to.equal(3);
    client.behave('bbb1', { kind: 'meetings', meetings: [] });
    client.release('bbb1');
    await clock.advance(0);
    expect(pool.pollQueueLength).to.equal(2);
    await pool.stop();
  });

  it('tells each change of health with the state entered, and none where nothing changed', async () => {
    const changes: string[] = [];
    const onHealth = (id: string, health: string): number => changes.push(`${id} ${health}`);
    const { pool, clock, client } = await poolRig(['bbb1'], { onHealth });
    pool.start();
    await clock.advance(30_000);
    client.behave('bbb1', { kind: 'broken', reason: 'refused' });
    pool.reportFailure('bbb1', 'a call failed');
    pool.reportFailure('bbb1', 'another call failed');
    await clock.advance(60_000);
    client.behave('bbb1', { kind: 'failed', messageKey: 'checksumError' });
    await clock.advance(30_000);
    client.behave('bbb1', { kind: 'meetings', meetings: [] });
    await clock.advance(30_000);
    const entered = ['online', 'unstable', 'offline', 'wrong-secret', 'online'];
    expect(changes).to.deep.equal(entered.map((health) => `bbb1 ${health}`));
    await pool.save(serverDefinition('bbb1', { secret: 'another' }));
    expect(pool.server('bbb1')!.health).to.equal('unknown');
    expect(changes, 'an administrator is no change of health').to.have.length(entered.length);
    await pool.stop();
  });
});
