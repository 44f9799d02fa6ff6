import { expect } from 'chai';
import type { PolledMeeting } from '../../src/bbb/polled-meeting.js';
import { countPeople } from '../../src/pool/count-people.js';

function meeting(id: string, changes: Partial<PolledMeeting>): PolledMeeting {
  return {
    meetingId: id,
    internalMeetingId: `${id}-internal`,
    name: id,
    createTime: undefined,
    isRunning: true,
    isBreakout: false,
    parentMeetingId: undefined,
    hasBeenForciblyEnded: false,
    attendees: 0,
    listeners: 0,
    voice: 0,
    video: 0,
    maxUsers: 0,
    moderatorPassword: undefined,
    xml: Buffer.alloc(0),
    ...changes,
  };
}

describe('countPeople', () => {
  const breakout = { isBreakout: true, parentMeetingId: 'main-internal' };

  it('is all zero without meetings', () => {
    expect(countPeople([])).to.deep.equal({ meetings: 0, attendees: 0, listeners: 0, voice: 0, video: 0 });
  });

  it('counts people once, in their breakout, and leaves breakouts out of the meetings', () => {
    const counts = countPeople([
      meeting('b1', { ...breakout, attendees: 8, voice: 8 }),
      meeting('main', { attendees: 20, voice: 3, listeners: 2 }),
      meeting('b2', { ...breakout, attendees: 9, video: 4 }),
      meeting('other', { attendees: 5, video: 1 }),
    ]);
    expect(counts).to.deep.equal({ meetings: 2, attendees: 25, listeners: 2, voice: 11, video: 5 });
  });

  it('never takes away more people than the parent has', () => {
    const counts = countPeople([
      meeting('main', { attendees: 3 }),
      meeting('b1', { ...breakout, attendees: 8 }),
      meeting('other', { attendees: 10 }),
    ]);
    expect(counts.attendees).to.equal(18);
  });

  it('counts the people of a breakout whose parent is gone', () => {
    expect(countPeople([meeting('b1', { ...breakout, attendees: 8 })])).to.include({
      meetings: 0,
      attendees: 8,
    });
  });
});
