import { expect } from 'chai';
import fc from 'fast-check';
import {
  isStableMeetingId,
  meetingOwner,
  reachesOtherTenant,
  scopedMeetingId,
} from '../../src/tenants/meeting-scope.js';

const TENANTS = ['default', 'acme', 'acme-2', 'b', 'b.c', 'x_y'];
const isTenant = (id: string): boolean => TENANTS.includes(id);

/** IDs that try to look like scoped ones. */
const meetingId = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc
    .tuple(fc.constantFrom(...TENANTS, '', '-'), fc.constantFrom('-', '--', '---', ' --'), fc.string())
    .map((parts) => parts.join('')),
);

describe('meeting scope', () => {
  it('leaves the default tenant IDs as they are', () => {
    expect(scopedMeetingId('default', 'room')).to.equal('room');
    expect(scopedMeetingId('acme', 'room')).to.equal('acme--room');
  });

  it('finds tenant and ID again in every scoped ID', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TENANTS.slice(1)), meetingId, (tenantId, id) => {
        expect(meetingOwner(scopedMeetingId(tenantId, id), isTenant)).to.deep.equal({
          tenantId,
          meetingId: id,
        });
      }),
    );
  });

  it('never gives two meetings of different tenants one ID', () => {
    const whose = fc.record({ tenantId: fc.constantFrom(...TENANTS), id: meetingId });
    fc.assert(
      fc.property(whose, whose, (a, b) => {
        fc.pre(a.tenantId !== b.tenantId || a.id !== b.id);
        // An ID of the default tenant that reaches another's is refused before it gets this far.
        fc.pre([a, b].every((it) => it.tenantId !== 'default' || !reachesOtherTenant(it.id, isTenant)));
        expect(scopedMeetingId(a.tenantId, a.id)).not.to.equal(scopedMeetingId(b.tenantId, b.id));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes what carries no known prefix for the default tenant', () => {
    for (const id of ['room', 'other--room', '--room', 'acme-room', 'default--room', 'acme2--x']) {
      expect(meetingOwner(id, isTenant), id).to.deep.equal({ tenantId: 'default', meetingId: id });
    }
  });

  it('sees through blanks and controls that a server takes out', () => {
    const tricks = [
      'acme--x',
      ' acme--x',
      'ac\0me--x',
      'acme-\u200b-x',
      'acme -- x',
      '\tacme--',
      '\ufeffacme--x',
    ];
    for (const id of tricks) expect(reachesOtherTenant(id, isTenant), JSON.stringify(id)).to.equal(true);
    for (const id of ['acme', 'acme-x', 'default--x', 'zacme--x', '--acme--x']) {
      expect(reachesOtherTenant(id, isTenant), id).to.equal(false);
    }
  });

  it('knows IDs that a server would change', () => {
    for (const id of ['a\0b', ' a', 'a ', 'a\nb', 'a\u200bb', 'a\ufffdb', '\u00a0a']) {
      expect(isStableMeetingId(id), JSON.stringify(id)).to.equal(false);
    }
    for (const id of ['a b', 'Größe', '日本', 'a-b_c.d!', '🎓 x'])
      expect(isStableMeetingId(id), id).to.equal(true);
  });
});
