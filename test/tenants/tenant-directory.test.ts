import { expect } from 'chai';
import { TenantDirectory } from '../../src/tenants/tenant-directory.js';
import { MemoryTenantStore, plainTenant } from '../support/memory-tenant-store.js';

describe('TenantDirectory', () => {
  it('has the default tenant with the secrets of the configuration, whatever is stored', async () => {
    const store = new MemoryTenantStore([
      plainTenant('default', { limits: { meetings: 3 }, secrets: ['old'] }),
    ]);
    const tenants = await TenantDirectory.load(store, ['one', 'two']);
    expect(tenants.default.secrets).to.deep.equal(['one', 'two']);
    expect(tenants.default.limits.meetings).to.equal(3);
    expect(tenants.isSingle).to.equal(true);
  });

  it('finds a tenant by host, whatever port and case', async () => {
    const store = new MemoryTenantStore([plainTenant('acme', { hosts: ['acme.example.org', '[::1]'] })]);
    const tenants = await TenantDirectory.load(store, ['s']);
    for (const host of ['acme.example.org', 'ACME.example.org:8443', '[::1]:8080', '[::1]']) {
      expect(tenants.forHost(host).id, host).to.equal('acme');
    }
  });

  it('gives every other host to the default tenant', async () => {
    const store = new MemoryTenantStore([plainTenant('acme', { hosts: ['acme.example.org'] })]);
    const tenants = await TenantDirectory.load(store, ['s']);
    for (const host of [undefined, '', ':', 'example.org', 'acme.example.org.evil', '::1', '[', 'a:b:c']) {
      expect(tenants.forHost(host).id, String(host)).to.equal('default');
    }
  });

  it('follows saves and removals at once', async () => {
    const store = new MemoryTenantStore();
    const tenants = await TenantDirectory.load(store, ['s']);
    await tenants.save(plainTenant('acme', { hosts: ['a.example.org'] }));
    expect(tenants.isSingle).to.equal(false);
    expect(tenants.forHost('a.example.org').id).to.equal('acme');
    await tenants.save(plainTenant('acme', { hosts: ['b.example.org'] }));
    expect(tenants.forHost('a.example.org').id).to.equal('default');
    expect(tenants.forHost('b.example.org').id).to.equal('acme');
    await tenants.remove('acme');
    expect(tenants.has('acme')).to.equal(false);
    expect(tenants.forHost('b.example.org').id).to.equal('default');
  });

  it('tells of a tenant that leaves before the store forgets it, and keeps it where that fails', async () => {
    const store = new MemoryTenantStore([plainTenant('acme')]);
    const tenants = await TenantDirectory.load(store, ['s']);
    const told: string[] = [];
    let isDown = true;
    tenants.onRemoved(async (id) => {
      told.push(`${id} ${tenants.has(id)} ${store.rows.has(id)}`);
      if (isDown) throw new Error('disk full');
    });
    const refused = await tenants.remove('acme').catch((error: unknown) => error);
    expect(refused).to.have.property('message', 'disk full');
    expect([tenants.has('acme'), store.rows.has('acme')]).to.deep.equal([true, true]);
    isDown = false;
    await tenants.remove('acme');
    expect([tenants.has('acme'), store.rows.has('acme')]).to.deep.equal([false, false]);
    expect(told).to.deep.equal(['acme false true', 'acme false true']);
  });

  it('never stores the secrets of the default tenant', async () => {
    const store = new MemoryTenantStore();
    const tenants = await TenantDirectory.load(store, ['configured']);
    await tenants.save({ ...tenants.default, limits: { meetings: 1 } });
    expect(store.rows.get('default')?.secrets).to.deep.equal([]);
    expect(tenants.default.secrets).to.deep.equal(['configured']);
  });

  it('keeps what it had when the store refuses a change', async () => {
    const store = new MemoryTenantStore([plainTenant('acme')]);
    const tenants = await TenantDirectory.load(store, ['s']);
    store.saveTenant = () => Promise.reject(new Error('disk full'));
    const refused = await tenants.save(plainTenant('late')).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).to.be.an('error');
    expect(tenants.all().map(({ id }) => id)).to.deep.equal(['default', 'acme']);
  });

  it('lists the default tenant first, then by ID', async () => {
    const store = new MemoryTenantStore([plainTenant('b'), plainTenant('Z'), plainTenant('a')]);
    const tenants = await TenantDirectory.load(store, ['s']);
    expect(tenants.all().map(({ id }) => id)).to.deep.equal(['default', 'Z', 'a', 'b']);
  });

  it('splits scoped IDs only while there are other tenants', async () => {
    const tenants = await TenantDirectory.load(new MemoryTenantStore(), ['s']);
    expect(tenants.ownerOf('acme--x')).to.deep.equal({ tenantId: 'default', meetingId: 'acme--x' });
    await tenants.save(plainTenant('acme'));
    expect(tenants.ownerOf('acme--x')).to.deep.equal({ tenantId: 'acme', meetingId: 'x' });
  });
});
