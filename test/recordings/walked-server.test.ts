import { expect } from 'chai';
import { listedRecordings } from '../support/listing-servers.js';
import { WalkerRig } from '../support/walker-rig.js';

describe('the long list of a server', () => {
  let rig: WalkerRig;

  beforeEach(async () => {
    rig = await WalkerRig.start('bbb1', 'bbb2');
  });

  afterEach(() => rig.stop());

  const server = (id: string) => rig.listing.servers.get(id)!;
  const count = async (): Promise<number> => (await rig.index()).length;

  for (const [order, startOf] of [
    ['falling', (at: number) => 100_000 - at],
    ['rising', (at: number) => at],
  ] as const) {
    it(`is looked at only at its end where new recordings stand, with ${order} times`, async () => {
      server('bbb1').recordings = listedRecordings(900, startOf);
      rig.set('bbb2', { isDisabled: true });
      await rig.round();
      const fresh = { id: 'new', startTime: 200_000 };
      const before = server('bbb1').recordings;
      server('bbb1').recordings = order === 'falling' ? [fresh, ...before] : [...before, fresh];
      rig.listing.asked.length = 0;
      await rig.round();
      expect(await rig.entries()).to.include('bbb1/new');
      expect(await count()).to.equal(901);
      expect(rig.listing.asked.length).to.be.within(1, 2);
    });
  }

  for (const ways of [{ pages: false }, {}]) {
    it(`is read with ${ways.pages === false ? 'no pages' : 'no order'} for a twentieth of the time, or each ten minutes`, async () => {
      let tookMs = 2_000;
      const startOf = (at: number): number => (ways.pages === false ? at : (at * 7) % 10);
      Object.assign(server('bbb1'), { recordings: listedRecordings(900, startOf), ...ways });
      server('bbb1').onAsked = (query) => {
        if (query.get('offset') === '0') rig.now += tookMs;
      };
      rig.set('bbb2', { isDisabled: true });
      await rig.round();
      const readsAfter = async (ms: number): Promise<boolean> => {
        rig.listing.asked.length = 0;
        rig.now += ms - 120_000;
        await rig.round();
        return rig.listing.asked.length > 0;
      };
      expect(await readsAfter(37_999)).to.equal(false);
      tookMs = 60_000;
      expect(await readsAfter(1)).to.equal(true);
      expect(await readsAfter(539_999)).to.equal(false);
      expect(await readsAfter(1)).to.equal(true);
    });
  }

  it('is asked again for what is in processing', async () => {
    const old = { id: 'r00500', startTime: 500 };
    server('bbb1').recordings = listedRecordings(900).with(500, { ...old, state: 'processing' });
    rig.set('bbb2', { isDisabled: true });
    await rig.round();
    server('bbb1').recordings = listedRecordings(900);
    rig.now += 600_000;
    await rig.round();
    const [entry] = await rig.store.recordings.findRecordings(['r00500']);
    expect(entry?.state).to.equal('published');
  });
});
