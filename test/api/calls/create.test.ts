import { expect } from 'chai';
import { AppRig, newMeetingId } from '../../support/app-rig.js';

describe('create', () => {
  let rig: AppRig;

  before(async () => {
    rig = await AppRig.start();
  });

  after(() => rig.stop());

  it('makes the meeting on one server and gives back what that server says', async () => {
    const id = newMeetingId();
    const { answer, sim } = await rig.create(id);
    expect(answer.status).to.equal(200);
    expect(answer.element('meetingID')).to.equal(id);
    expect(sim.meetings.find(id)?.internalId).to.equal(answer.element('internalMeetingID'));
    expect(rig.sims.filter((other) => other.meetings.find(id) !== undefined)).to.have.length(1);
  });
});
