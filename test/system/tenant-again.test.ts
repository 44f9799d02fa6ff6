import { expect } from 'chai';
import { AppRig } from '../support/app-rig.js';

const ACME = { id: 'acme', secrets: ['acme-secret-acme-secret-acme-secret'] };

describe('a tenant that is removed and given again', () => {
  it('starts without the hooks of its former life', async () => {
    const rig = await AppRig.start({ servers: 1, tenants: [ACME] });
    try {
      const callbackURL = 'https://front.example/';
      await rig.call('hooks/create', { callbackURL }, { tenant: 'acme' });
      const list = async () => (await rig.call('hooks/list', {}, { tenant: 'acme' })).text;
      expect(await list()).to.contain(callbackURL);
      const [{ id, url, secret }] = rig.sims as [(typeof rig.sims)[0]];
      const server = { kind: 'Server', id, url, secret };
      await rig.admin('POST', 'apply?prune=true', [server]);
      expect(await list()).not.to.contain(callbackURL);
      await rig.admin('POST', 'apply', [{ kind: 'Tenant', ...ACME }]);
      expect(await list()).to.contain('<hooks></hooks>');
    } finally {
      await rig.stop();
    }
  });
});
