import { expect } from 'chai';
import type { CallbackTarget } from '../../src/callbacks/callback-target.js';
import { RecentTargets } from '../../src/callbacks/recent-targets.js';

function target(id: string, isRecorded = false): CallbackTarget {
  return {
    ...{ id, tenantId: 'school', meetingId: 'room', urls: {}, createdAt: 1, session: 0 },
    ...{ internalMeetingIds: [], endedAt: 2, toldAt: 3, isRecorded, recordedOn: [] },
  };
}

describe('recent callback targets', () => {
  it('keep the last of each ID, until it is deleted', () => {
    const recent = new RecentTargets();
    recent.put(target('a'));
    recent.put(target('a', true));
    expect(recent.get('a')).to.deep.equal(target('a', true));
    recent.delete('a');
    expect(recent.get('a')).to.equal(undefined);
  });

  it('keep 5,000 and forget the one that was not asked for the longest', () => {
    const recent = new RecentTargets();
    for (let count = 0; count < 5_000; count += 1) recent.put(target(`t${count}`));
    recent.get('t0');
    recent.put(target('one more'));
    expect(['t0', 't1', 't2', 'one more'].map((id) => recent.get(id)?.id)).to.deep.equal([
      't0',
      undefined,
      't2',
      'one more',
    ]);
  });
});
