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
