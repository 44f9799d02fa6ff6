import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { silentLogger } from '../src/log.js';
import { openStore } from '../src/store/open-store.js';
import { makeFolder } from './store/open-test-store.js';
import { AppRig, until } from './support/app-rig.js';
import { CallbackInbox } from './support/callback-inbox.js';

describe('what comes of meetings, over an orderly restart', () => {
  let folder: string;
  let inbox: CallbackInbox;
  beforeEach(async () => {
    folder = makeFolder();
    inbox = await CallbackInbox.open();
  });
  afterEach(async () => {
    await inbox.close();
    rmSync(folder, { recursive: true });
  });

  it('counts each failure of a hook, also those of the last minutes', async () => {
    const url = `sqlite:${join(folder, 'ballast.db')}`;
    const rig = await AppRig.start({
      servers: 1,
      settings: { store: url, callbacks: { allowPrivateTargets: true } },
    });
    const ended = (outcome: string) => async (): Promise<number> => {
      const { text } = await rig.send('/metrics');
      return Number(
        new RegExp(`callbacks_total\\{kind="hook",outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1],
      );
    };
    const [delivered, rejected] = [ended('delivered'), ended('rejected')];
    try {
      await until('the server has the hook', () => rig.sims.every(({ hooks }) => hooks.hooks.length === 1));
      const parameters = { callbackURL: inbox.url('/hook') };
      await rig.call('hooks/create', parameters, { algorithm: 'sha1' });
      const { sim } = await rig.create('class');
      const meeting = sim.meetings.find('class')!;
      await until('one event was taken', async () => (await delivered()) === 1);
      inbox.status = 410;
      for (const name of ['Ada', 'Eve', 'Joe']) {
        sim.meetings.join(meeting, { fullName: name, role: 'VIEWER' });
      }
      await until('three were not', async () => (await rejected()) === 3);
    } finally {
      await rig.stop();
    }
    const store = await openStore(url, { logger: silentLogger });
    const failing = await store.hooks.listFailing();
    await store.close();
    expect(failing.map(({ failing: { count } }) => count)).to.deep.equal([3]);
  });
});
