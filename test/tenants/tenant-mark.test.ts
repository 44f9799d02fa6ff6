import { expect } from 'chai';
import { RawQuery } from '../../src/bbb/raw-query.js';
import {
  recordingTenant,
  tenantIdOfMark,
  tenantMark,
  withoutTenantMark,
} from '../../src/tenants/tenant-mark.js';

describe('tenantMark', () => {
  const markOf = (metadata: Readonly<Record<string, string>>): string | undefined =>
    tenantMark((key) => metadata[key]);

  it('reads the name, and takes an empty one for none', () => {
    expect(markOf({ 'tenant-name': ' school ', 'tenant-id': 'x' })).to.equal('school');
    expect(markOf({ 'tenant-name': ' ' })).to.equal(undefined);
    expect(markOf({ 'tenant-id': 'x' })).to.equal(undefined);
  });
});

describe('recordingTenant', () => {
  const isTenant = (id: string): boolean => ['default', 'school', 'college', 'default-tenant'].includes(id);
  const cases: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ['lesson', undefined, 'default'],
    ['lesson', 'school', 'school'],
    ['school--lesson', undefined, 'school'],
    ['school--lesson', 'college', 'school'],
    ['school--lesson', 'nobody', 'school'],
    ['nobody--lesson', 'college', 'college'],
    ['lesson', 'default', 'default-tenant'],
    ['lesson', 'nobody', undefined],
    ['lesson', 'School', undefined],
  ];
  for (const [scopedId, mark, expected] of cases) {
    it(`gives ${scopedId} with the mark ${mark ?? 'of nobody'} to ${expected ?? 'nobody'}`, () => {
      expect(recordingTenant(scopedId, mark, isTenant)).to.equal(expected);
    });
  }

  it('takes no mark for the default tenant itself, whatever its spelling', () => {
    for (const name of ['default', 'Default', 'DEFAULT'])
      expect(tenantIdOfMark(name)).to.equal('default-tenant');
  });
});

describe('withoutTenantMark', () => {
  const cut = (query: string): string => withoutTenantMark(RawQuery.parse(query)).toString();

  it('takes every spelling that a server may read as the mark', () => {
    expect(
      cut('a=1&meta_tenant-name=x&META_Tenant-Name=y&meta_tenant%2Dname=z&meta_tenant-name%20=q&b'),
    ).to.equal('a=1&b');
  });

  it('leaves everything else as it came', () => {
    const query = 'meta_tenant-id=1&meta_tenant=%7e&tenant-name=x&meta_tenant-names=1&&x';
    expect(cut(query)).to.equal(query);
  });
});
