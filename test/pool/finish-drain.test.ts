import { expect } from 'chai';
import { drain, uncordon } from '../../src/pool/admin-state.js';
import type { ServerPool } from '../../src/pool/server-pool.js';
import { poolRig } from '../support/pool-rig.js';

function stateOf(pool: ServerPool): string {
  const { adminState, isDraining } = pool.server('bbb1')!.definition;
  return `${adminState}${isDraining ? ', draining' : ''}`;
}

describe('a drain', () => {
  it('disables the server once its last meeting has ended and no claim is left', async () => {
    const { pool, clock, client, store, claims, logger } = await poolRig(['bbb1']);
    client.behave('bbb1', { kind: 'meetings', meetings: [{ meetingId: 'm1' }] });
    claims.add('bbb1');
    pool.start();
    await clock.advance(0);
    await drain(pool, 'bbb1');
    await clock.advance(30_000);
    expect(stateOf(pool)).to.equal('cordoned, draining');
    client.behave('bbb1', {
      kind: 'meetings',
      meetings: [{ meetingId: 'm1', hasBeenForciblyEnded: true }],
    });
    await clock.advance(30_000);
    expect(stateOf(pool)).to.equal('cordoned, draining');
    claims.clear();
    await clock.advance(10_000);
    expect(stateOf(pool)).to.equal('disabled');
    expect(store.servers.get('bbb1')!.adminState).to.equal('disabled');
    expect(logger.lines.at(-1)).to.equal('info server bbb1 is drained: disabled');
    await pool.stop();
  });

  it('ends within a second on a server without meetings', async () => {
    const { pool, clock } = await poolRig(['bbb1']);
    pool.start();
    await clock.advance(60_000);
    await drain(pool, 'bbb1');
    await clock.advance(1000);
    expect(stateOf(pool)).to.equal('disabled');
    await pool.stop();
  });

  it('waits while the server cannot be polled', async () => {
    const { pool, clock, client } = await poolRig(['bbb1']);
    pool.start();
    await clock.advance(0);
    client.behave('bbb1', { kind: 'broken', reason: 'timeout' });
    await drain(pool, 'bbb1');
    await clock.advance(120_000);
    expect(stateOf(pool)).to.equal('cordoned, draining');
    await pool.stop();
  });

  it('tries again when the store refuses', async () => {
    const { pool, clock, store, logger } = await poolRig(['bbb1']);
    pool.start();
    await clock.advance(0);
    await drain(pool, 'bbb1');
    store.failWith = new Error('disk full');
    await clock.advance(1000);
    expect(stateOf(pool)).to.equal('cordoned, draining');
    expect(logger.lines.at(-1)).to.contain('could not be disabled');
    store.failWith = undefined;
    await clock.advance(12_500);
    expect(stateOf(pool)).to.equal('disabled');
    await pool.stop();
  });

  it('lets be what the administrator has changed meanwhile', async () => {
    let uncordoned: Promise<void> | undefined;
    const { pool, clock, store, logger } = await poolRig(['bbb1'], {
      // Asked for when the drain is to end, and before that is written.
      hasClaims: () => {
        uncordoned ??= uncordon(pool, 'bbb1');
        return false;
      },
    });
    pool.start();
    await clock.advance(0);
    await drain(pool, 'bbb1');
    await clock.advance(1000);
    await uncordoned;
    expect(stateOf(pool)).to.equal('enabled');
    expect(store.servers.get('bbb1')!.adminState).to.equal('enabled');
    expect(logger.lines.join()).to.not.contain('is drained');
    await pool.stop();
  });
});
