import { expect } from 'chai';
import { cordon, disable, drain, enable, uncordon } from '../../src/pool/admin-state.js';
import type { Pool } from '../../src/pool/pool.js';
import { serverDefinition } from '../support/poll-xml.js';
import { poolRig } from '../support/pool-rig.js';

const stateOf = (pool: Pool) => {
  const { adminState, isDraining } = pool.server('bbb1')!.definition;
  return `${adminState}${isDraining ? ', draining' : ''}`;
};

describe('admin state', () => {
  const table: readonly (readonly [
    name: string,
    change: (pool: Pool, id: string) => Promise<void>,
    from: Parameters<typeof serverDefinition>[1],
    to: string,
  ])[] = [
    ['cordon', cordon, {}, 'cordoned'],
    ['cordon', cordon, { adminState: 'cordoned', isDraining: true }, 'cordoned'],
    ['uncordon', uncordon, { adminState: 'cordoned' }, 'enabled'],
    ['uncordon', uncordon, { adminState: 'cordoned', isDraining: true }, 'enabled'],
    ['drain', drain, {}, 'cordoned, draining'],
    ['drain', drain, { adminState: 'cordoned' }, 'cordoned, draining'],
    ['drain', drain, { adminState: 'disabled' }, 'disabled'],
    ['enable', enable, { adminState: 'disabled' }, 'enabled'],
    ['disable', disable, { adminState: 'cordoned', isDraining: true }, 'disabled'],
  ];
  for (const [name, change, from, to] of table) {
    const was = `${from?.adminState ?? 'enabled'}${from?.isDraining === true ? ', draining' : ''}`;
    it(`${name} makes ${was} into ${to}`, async () => {
      const { pool, store } = await poolRig([serverDefinition('bbb1', { tags: ['a'], ...from })]);
      await change(pool, 'bbb1');
      expect(stateOf(pool)).to.equal(to);
      expect(store.servers.get('bbb1')).to.deep.equal(pool.server('bbb1')!.definition);
      expect(store.servers.get('bbb1')!.tags).to.deep.equal(['a']);
    });
  }

  it('refuses a server that is not there', async () => {
    const { pool } = await poolRig([]);
    const error: unknown = await cordon(pool, 'nobody').then(
      () => expect.fail('nothing was thrown'),
      (thrown: unknown) => thrown,
    );
    expect(error).to.include({ name: 'BbbError', messageKey: 'notFound' });
  });
});

describe('drain', () => {
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
});
