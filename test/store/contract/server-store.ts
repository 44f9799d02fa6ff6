import { expect } from 'chai';
import type { ServerDefinition, ServerStore } from '../../../src/pool/server.js';

const full: ServerDefinition = {
  id: 'bbb1',
  url: 'https://bbb1.example.org/bigbluebutton/api',
  secret: 'geheim-ß',
  allowInsecureTls: true,
  loadMultiplier: 1.25,
  tags: ['exams', 'spare'],
  adminState: 'cordoned',
  isDraining: true,
  metricsHost: 'host-1',
  limits: { cpu: 0.7, memory: 0.8, network: 0.5, attendees: 300, meetings: 40 },
  networkMbit: 1000,
};

const bare: ServerDefinition = {
  id: 'bbb0',
  url: 'http://127.0.0.1:8090/bigbluebutton/api',
  secret: 's',
  allowInsecureTls: false,
  loadMultiplier: 1,
  tags: [],
  adminState: 'enabled',
  isDraining: false,
  metricsHost: undefined,
  limits: {},
  networkMbit: undefined,
};

/** What every ServerStore holds to; `store` is empty before each test. */
export function describeServerStore(store: () => ServerStore): void {
  describe('ServerStore', () => {
    it('is empty at first', async () => {
      expect(await store().listServers()).to.deep.equal([]);
    });

    it('returns what was saved, in order of ID', async () => {
      await store().saveServer(full);
      await store().saveServer(bare);
      expect(await store().listServers()).to.deep.equal([bare, full]);
    });

    it('replaces a server of the same ID as a whole', async () => {
      await store().saveServer(full);
      const replaced = { ...bare, id: full.id };
      await store().saveServer(replaced);
      expect(await store().listServers()).to.deep.equal([replaced]);
    });

    it('keeps an absent limit absent, not zero', async () => {
      await store().saveServer({ ...bare, limits: { cpu: undefined, meetings: 0 } });
      expect((await store().listServers())[0]?.limits).to.deep.equal({ meetings: 0 });
    });

    it('removes one server, and takes an unknown ID calmly', async () => {
      await store().saveServer(full);
      await store().saveServer(bare);
      await store().removeServer(full.id);
      await store().removeServer('nobody');
      expect(await store().listServers()).to.deep.equal([bare]);
    });
  });
}
