import { expect } from 'chai';
import type { Tenant, TenantStore } from '../../../src/tenants/tenant.js';

const full: Tenant = {
  id: 'school',
  hosts: ['bbb.school.example', 'meet.school.example'],
  secrets: ['new-secret', 'old-secret'],
  limits: { meetings: 20, attendees: 500 },
  serverTags: ['school'],
  parameters: {
    create: {
      default: { record: 'false', 'meta_bbb-origin': 'Ballast "x" \'y\'' },
      force: { autoStartRecording: 'false' },
      max: { maxParticipants: 100, duration: 180 },
      drop: ['lockSettingsDisableCam'],
    },
    join: { default: {}, force: {}, max: {}, drop: [] },
  },
  policy: 'cpu-mem',
  recordings: { keepForMs: 90 * 86_400_000 },
};

const bare: Tenant = {
  ...{ id: 'bare', hosts: [], secrets: [], limits: {}, serverTags: [], parameters: {} },
  policy: undefined,
};

/** What every TenantStore holds to; `store` is empty before each test. */
export function describeTenantStore(store: () => TenantStore): void {
  describe('TenantStore', () => {
    it('is empty at first', async () => {
      expect(await store().listTenants()).to.deep.equal([]);
    });

    it('returns what was saved, in order of ID', async () => {
      await store().saveTenant(full);
      await store().saveTenant(bare);
      expect(await store().listTenants()).to.deep.equal([bare, full]);
    });

    it('keeps the order of secrets, since the first one signs', async () => {
      await store().saveTenant(full);
      await store().saveTenant({ ...full, secrets: ['third', 'first', 'second'] });
      expect((await store().listTenants())[0]?.secrets).to.deep.equal(['third', 'first', 'second']);
    });

    it('replaces a tenant of the same ID as a whole', async () => {
      await store().saveTenant(full);
      await store().saveTenant({ ...bare, id: full.id });
      expect(await store().listTenants()).to.deep.equal([{ ...bare, id: full.id }]);
    });

    it('removes one tenant, and takes an unknown ID calmly', async () => {
      await store().saveTenant(full);
      await store().removeTenant('nobody');
      expect(await store().listTenants()).to.have.length(1);
      await store().removeTenant(full.id);
      expect(await store().listTenants()).to.deep.equal([]);
    });
  });
}
