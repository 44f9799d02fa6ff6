import { expect } from 'chai';
import { FirstRound } from '../../src/pool/first-round.js';
import { ManualClock, settle } from '../support/manual-clock.js';
import { poolRig } from '../support/pool-rig.js';

const TIMEOUT_MS = 5_000;

function begun(serverIds: readonly string[]) {
  const clock = new ManualClock();
  const round = new FirstRound(clock.setTimer);
  const state = { isDone: false };
  void round.done.then(() => {
    state.isDone = true;
  });
  round.begin(serverIds, TIMEOUT_MS);
  return { clock, round, state };
}

describe('FirstRound', () => {
  it('is over once each server was tried, and leaves no timer', async () => {
    const { clock, round, state } = begun(['bbb1', 'bbb2']);
    round.tried('bbb1');
    round.tried('bbb1');
    round.tried('other');
    await settle();
    expect([state.isDone, clock.pending]).to.deep.equal([false, 1]);
    round.tried('bbb2');
    await settle();
    expect([state.isDone, clock.pending]).to.deep.equal([true, 0]);
  });

  it('is over at its time limit, whoever was not tried', async () => {
    const { clock, state } = begun(['bbb1']);
    await clock.advance(TIMEOUT_MS - 1);
    expect(state.isDone).to.equal(false);
    await clock.advance(1);
    expect(state.isDone).to.equal(true);
  });

  it('is over at once for no servers, and leaves no timer', async () => {
    const { clock, state } = begun([]);
    await settle();
    expect([state.isDone, clock.pending]).to.deep.equal([true, 0]);
  });

  it('holds up no stop: a pool that stops during it leaves no timer', async () => {
    const { pool, client, clock } = await poolRig(['bbb1']);
    client.behave('bbb1', { kind: 'held' });
    pool.start();
    await clock.advance(0);
    expect(clock.pending).to.be.greaterThan(0);
    await pool.stop();
    await pool.firstRound;
    expect(clock.pending).to.equal(0);
  });
});
