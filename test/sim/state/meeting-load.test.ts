import { expect } from 'chai';
import { meetingLoad } from '../../../src/sim/state/meeting-load.js';
import type { SimAttendee } from '../../../src/sim/state/sim-meeting.js';

function meetingOf(...media: readonly Partial<SimAttendee>[]) {
  const attendees = media.map((own, index): [string, SimAttendee] => [
    `w_${index}`,
    {
      userId: `w_${index}`,
      externalUserId: `u_${index}`,
      fullName: 'Somebody',
      role: 'VIEWER',
      isPresenter: false,
      isListeningOnly: false,
      hasJoinedVoice: false,
      hasVideo: false,
      sessionToken: `t_${index}`,
      customData: new Map(),
      ...own,
    },
  ]);
  return { attendees: new Map(attendees) };
}

describe('meetingLoad', () => {
  it('is nothing of no meeting', () => {
    const nothing = { meetings: 0, attendees: 0, listeners: 0, voice: 0, video: 0, streams: 0 };
    expect(meetingLoad([])).to.deep.equal(nothing);
  });

  it('counts a stream for each camera and everyone else in its meeting', () => {
    const voice = { hasJoinedVoice: true };
    const camera = { hasJoinedVoice: true, hasVideo: true };
    const listener = { isListeningOnly: true };
    const load = meetingLoad([meetingOf(camera, camera, voice, listener), meetingOf(camera), meetingOf()]);
    expect(load).to.deep.equal({ meetings: 3, attendees: 5, listeners: 1, voice: 4, video: 3, streams: 6 });
  });
});
