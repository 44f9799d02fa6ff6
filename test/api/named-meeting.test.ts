import { expect } from 'chai';
import { checkMeetingId, namedMeeting } from '../../src/api/named-meeting.js';
import { BbbError } from '../../src/bbb/error.js';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { TenantDirectory } from '../../src/tenants/tenant-directory.js';
import { MemoryTenantStore, plainTenant } from '../support/memory-tenant-store.js';

describe('namedMeeting', () => {
  let tenants: TenantDirectory;

  before(async () => {
    tenants = await TenantDirectory.load(new MemoryTenantStore([plainTenant('acme')]), ['s']);
  });

  function named(query: string, tenantId = 'default') {
    const tenant = tenants.get(tenantId);
    if (tenant === undefined) throw new Error(tenantId);
    return namedMeeting(RawQuery.parse(query), tenant, tenants);
  }

  function refusalOf(work: () => unknown): string | undefined {
    try {
      work();
      return undefined;
    } catch (error) {
      if (error instanceof BbbError) return `${error.messageKey}: ${error.message}`;
      throw error;
    }
  }

  it('leaves the query of the default tenant as it came', () => {
    const { query, meetingId, scopedId } = named('a=%7e&meetingID=x%2fy&a');
    expect(query.toString()).to.equal('a=%7e&meetingID=x%2fy&a');
    expect([meetingId, scopedId]).to.deep.equal(['x/y', 'x/y']);
  });

  it('scopes every meetingID of a tenant, in its place', () => {
    const { query, meetingId, scopedId } = named('meetingID=x&a=1&%6deetingID=y&%00meetingID=z', 'acme');
    expect(query.toString()).to.equal('meetingID=acme--x&a=1&%6deetingID=acme--y&%00meetingID=acme--z');
    expect([meetingId, scopedId]).to.deep.equal(['x', 'acme--x']);
  });

  it('asks for a meetingID as BBB does', () => {
    const missing = 'missingParamMeetingID: You must provide a meeting ID';
    for (const query of ['', 'a=1', 'meetingID', 'meetingID=', 'meetingid=x']) {
      expect(
        refusalOf(() => named(query)),
        query,
      ).to.equal(missing);
    }
  });

  it('sees when the default tenant reaches for another tenant, in any repeat', () => {
    for (const query of ['meetingID=acme--x', 'meetingID=y&meetingID=%00acme--x', 'meetingID=acme%FF--x']) {
      expect(named(query).isOutOfReach, query).to.equal(true);
    }
    expect(named('meetingID=acm--x').isOutOfReach).to.equal(false);
    expect(named('meetingID=acme--x', 'acme').isOutOfReach).to.equal(false);
  });

  const refused: readonly [string, string][] = [
    ['meetingID=x', 'Meeting ID must be between 2 and 256 characters'],
    [`meetingID=${'x'.repeat(257)}`, 'Meeting ID must be between 2 and 256 characters'],
    ['meetingID=a,b', "Meeting ID cannot contain ','"],
    ['meetingID=a%00b', 'Invalid meeting ID'],
    ['meetingID=+ab', 'Invalid meeting ID'],
    ['meetingID=a%FFb', 'Invalid meeting ID'],
    ['meetingID=a%zzb', 'Invalid meeting ID'],
    ['meetingID=acme--x', 'Invalid meeting ID'],
  ];
  for (const [query, message] of refused) {
    it(`refuses to create ${query.slice(0, 30)}`, () => {
      expect(
        refusalOf(() => {
          checkMeetingId(named(query));
        }),
      ).to.equal(`validationError: ${message}`);
    });
  }

  it("counts the scope towards the length, since BBB's limit is on what it sees", () => {
    expect(
      refusalOf(() => {
        checkMeetingId(named(`meetingID=${'x'.repeat(250)}`, 'acme'));
      }),
    ).to.equal(undefined);
    expect(
      refusalOf(() => {
        checkMeetingId(named(`meetingID=${'x'.repeat(251)}`, 'acme'));
      }),
    ).to.include('256');
  });

  it('takes IDs of any script', () => {
    for (const id of ['ab', 'Größe 1', '日本', '🎓🎓', "a'b", 'x'.repeat(256)]) {
      expect(
        refusalOf(() => {
          checkMeetingId(named(`meetingID=${encodeURIComponent(id)}`));
        }),
        id,
      ).to.equal(undefined);
    }
  });
});
