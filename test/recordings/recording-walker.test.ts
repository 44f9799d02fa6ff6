import { expect } from 'chai';
import fc from 'fast-check';
import { listedRecordings, listedXml } from '../support/listing-servers.js';
import { until } from '../support/app-rig.js';
import { WalkerRig } from '../support/walker-rig.js';

describe('walks through the recordings of servers', () => {
  let rig: WalkerRig;

  beforeEach(async () => {
    rig = await WalkerRig.start('bbb1', 'bbb2');
  });

  afterEach(() => rig.stop());

  const server = (id: string) => rig.listing.servers.get(id)!;
  const count = async (): Promise<number> => (await rig.index()).length;

  it('keep what each server shows, byte for byte, and the same ID twice', async () => {
    const one = { id: 'a', startTime: 7, more: '<newerField x="1">ü</newerField>' };
    server('bbb1').recordings = [one];
    server('bbb2').recordings = [{ id: 'a', startTime: 7 }];
    await rig.round();
    expect(await rig.entries()).to.deep.equal(['bbb1/a', 'bbb2/a']);
    expect((await rig.index())[1]?.xml.toString()).to.equal(listedXml(one));
  });

  it('read every page, however a server makes pages', async () => {
    for (const ways of [
      {},
      { pages: false },
      { cap: 100 },
      { tellsTotal: true },
      { cap: 7, tellsTotal: true },
    ]) {
      await rig.stop();
      rig = await WalkerRig.start('bbb1');
      Object.assign(server('bbb1'), { recordings: listedRecordings(620), ...ways });
      await rig.round();
      expect(await count(), JSON.stringify(ways)).to.equal(620);
      await rig.round();
      expect(await count(), JSON.stringify(ways)).to.equal(620);
    }
  });

  for (const tellsTotal of [true, false]) {
    it(`read on behind a page that shows fewer than asked for, ${tellsTotal ? 'with' : 'without'} totals`, async () => {
      Object.assign(server('bbb1'), { recordings: listedRecordings(600), tellsTotal });
      await rig.round();
      server('bbb1').hides = ['r00100'];
      const fresh = { id: 's00000', startTime: 0 };
      server('bbb1').recordings = [...listedRecordings(600), fresh];
      rig.now += 1;
      rig.walker.readAllWhole();
      await rig.round();
      expect(await rig.entries())
        .to.include('bbb1/r00599')
        .and.include('bbb1/s00000');
      expect(await count()).to.equal(600);
    });
  }

  it('ask for each recording that is missing, also in a list of one page', async () => {
    server('bbb1').recordings = listedRecordings(10);
    await rig.round();
    server('bbb1').cap = 4;
    server('bbb1').pages = 'once';
    await rig.round();
    expect(await count()).to.equal(10);
  });

  it('take away what a whole list no longer shows, and nothing when it was not whole', async () => {
    server('bbb1').recordings = listedRecordings(3);
    await rig.round();
    server('bbb1').onAsked = () => {
      throw new Error('cut');
    };
    server('bbb1').recordings = [];
    await rig.round();
    expect(await count()).to.equal(3);
    delete server('bbb1').onAsked;
    server('bbb1').recordings = listedRecordings(2);
    await rig.round();
    expect(await rig.entries()).to.deep.equal(['bbb1/r00000', 'bbb1/r00001']);
  });

  it('keep a recording that a deletion moved to a page already read', async () => {
    server('bbb1').recordings = listedRecordings(400);
    await rig.round();
    let pages = 0;
    server('bbb1').onAsked = () => {
      pages += 1;
      if (pages === 2) server('bbb1').recordings = server('bbb1').recordings.slice(1);
    };
    await rig.round();
    expect(await rig.entries()).to.include('bbb1/r00250');
    await rig.round();
    expect(await count()).to.equal(399);
    expect(await rig.entries())
      .to.include('bbb1/r00250')
      .and.not.to.include('bbb1/r00000');
  });

  it('keep what was announced while they went on', async () => {
    server('bbb1').recordings = listedRecordings(2);
    let isFirst = true;
    server('bbb1').onAsked = async (query) => {
      if (!isFirst || query.has('recordID')) return;
      isFirst = false;
      const before = server('bbb1').recordings;
      server('bbb1').recordings = [...before, { id: 'new', startTime: 9 }];
      await rig.asker.announce('new', ['bbb1']);
      server('bbb1').recordings = before;
    };
    await rig.round();
    expect(await rig.entries()).to.include('bbb1/new');
  });

  it('leave the entries of a server that is down, and read it whole when it is back', async () => {
    server('bbb1').recordings = listedRecordings(2);
    await rig.round();
    rig.set('bbb1', { isGone: true });
    await rig.round();
    expect(await count()).to.equal(2);
    server('bbb1').recordings = listedRecordings(3);
    rig.set('bbb1', { isGone: false });
    rig.walker.onAnswering('bbb1');
    await until('the third is there', async () => (await count()) === 3);
  });

  it('are not asked of a disabled server, whose recordings stay', async () => {
    server('bbb1').recordings = listedRecordings(2);
    await rig.round();
    rig.set('bbb1', { isDisabled: true });
    server('bbb1').recordings = [];
    await rig.round();
    expect(await count()).to.equal(2);
  });

  it('know when nothing can be missing', async () => {
    expect(rig.walker.isWhole).to.equal(false);
    server('bbb2').onAsked = () => {
      throw new Error('not yet');
    };
    await rig.round();
    expect(rig.walker.isWhole).to.equal(false);
    rig.set('bbb2', { isDisabled: true });
    expect(rig.walker.isWhole).to.equal(true);
    rig.set('bbb2', { isDisabled: false });
    delete server('bbb2').onAsked;
    await rig.round();
    expect(rig.walker.isWhole).to.equal(true);
    await rig.restart();
    expect(rig.walker.isWhole).to.equal(true);
  });

  it('forget a server that left, also one that left while Ballast was down', async () => {
    server('bbb1').recordings = listedRecordings(2);
    server('bbb2').recordings = listedRecordings(1);
    await rig.round();
    await rig.remove('bbb1');
    expect(await rig.entries()).to.deep.equal(['bbb2/r00000']);
    rig.pool.pop();
    await rig.restart();
    expect(await count()).to.equal(0);
    expect(await rig.store.recordingWalks.listWalks()).to.deep.equal([]);
  });

  it('of a slow server hold up no other', async () => {
    server('bbb1').onAsked = () => new Promise(() => undefined);
    server('bbb2').recordings = listedRecordings(1);
    rig.walker.refresh();
    await until('bbb2 is read', async () => (await count()) === 1);
    server('bbb2').recordings = listedRecordings(2);
    rig.walker.refresh();
    await until('bbb2 is read again', async () => (await count()) === 2);
    // It never answers: nothing could be waited for.
    rig.walker = undefined as never;
    await rig.store.close();
    rig = await WalkerRig.start();
  });

  it('say whose a breakout room is by its parent, whichever is read first', async () => {
    await rig.stop();
    rig = await WalkerRig.start('bbb1', 'bbb2');
    rig.tenants = ['acme'];
    const child = {
      id: 'child',
      startTime: 2,
      meetingId: '5e1f-1',
      parentId: 'parent',
      more: '<isBreakout>true</isBreakout>',
    };
    server('bbb1').recordings = [child, { id: 'lost', startTime: 1, parentId: 'gone' }];
    rig.set('bbb2', { isDisabled: true });
    await rig.round();
    const tenantOf = async (id: string): Promise<string | undefined> =>
      (await rig.store.recordings.findRecordings([id]))[0]?.tenantId;
    expect(await tenantOf('child')).to.equal('');
    server('bbb1').recordings = [child, { id: 'parent', startTime: 1, meetingId: 'acme--room' }];
    await rig.round();
    expect([await tenantOf('child'), await tenantOf('parent')]).to.deep.equal(['acme', 'acme']);
    const [parent] = await rig.store.recordings.findRecordings(['parent']);
    expect(parent?.meetingId).to.equal('room');
    expect(parent?.xml.toString()).to.include('<meetingID>room</meetingID>');
    await rig.round();
    expect(await tenantOf('child')).to.equal('acme');
  });

  it('end in the same index, wherever they were cut and however often begun again', async () => {
    const step = fc.record({
      /** Which answer fails; beyond the last none does. */
      cutAt: fc.nat({ max: 5 }),
      keeps: fc.array(fc.nat({ max: 599 }), { maxLength: 5 }),
      restarts: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        await rig.stop();
        rig = await WalkerRig.start('bbb1');
        let list = listedRecordings(600);
        for (const { cutAt, keeps, restarts } of steps) {
          const dropped = new Set(keeps);
          list = list.filter((_, at) => !dropped.has(at));
          let asked = 0;
          Object.assign(server('bbb1'), {
            recordings: list,
            onAsked: () => {
              if (asked++ === cutAt) throw new Error('cut');
            },
          });
          await rig.round();
          if (restarts) await rig.restart();
        }
        delete server('bbb1').onAsked;
        await rig.restart();
        await rig.round();
        expect(await rig.entries()).to.deep.equal(list.map(({ id }) => `bbb1/${id}`).sort());
      }),
      { numRuns: 12 },
    );
  }).timeout(30_000);
});
