import { expect } from 'chai';
import { until } from '../support/app-rig.js';
import { WalkerRig } from '../support/walker-rig.js';

describe('asking servers for recordings by their IDs', () => {
  let rig: WalkerRig;

  beforeEach(async () => {
    rig = await WalkerRig.start('bbb1', 'bbb2');
  });

  afterEach(() => rig.stop());

  const server = (id: string) => rig.listing.servers.get(id)!;

  it('writes nothing of a server that left while it was asked', async () => {
    let answer: () => void = () => undefined;
    server('bbb1').recordings = [{ id: 'a', startTime: 1 }];
    server('bbb1').onAsked = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const announced = rig.asker.announce('a', ['bbb1']).catch((error: unknown) => error);
    await until('it is asked', () => rig.listing.asked.length > 0);
    const removed = rig.remove('bbb1');
    answer();
    await removed;
    await announced;
    expect(await rig.entries()).to.deep.equal([]);
  });

  it('finds what was announced, and refuses what is not there', async () => {
    server('bbb2').recordings = [{ id: 'a', startTime: 1 }];
    await rig.asker.announce('a', ['bbb1', 'bbb2']);
    expect(await rig.entries()).to.deep.equal(['bbb2/a']);
    const refused = await rig.asker.announce('b', ['bbb2']).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(Error);
  });
});
