import { expect } from 'chai';
import type { SimServer } from '../../../src/sim/sim-server.js';
import { AppRig, newMeetingId } from '../../support/app-rig.js';

const SLIDES =
  '<modules><module name="presentation"><document url="https://s.example.org/b.pdf" name="b"/></module></modules>';

describe('insertDocument, sendChatMessage', () => {
  let rig: AppRig;
  let id: string;
  let sim: SimServer;

  before(async () => {
    rig = await AppRig.start();
    id = newMeetingId();
    sim = (await rig.create(id)).sim;
  });

  after(() => rig.stop());

  it('insertDocument hands the documents to the meeting', async () => {
    const answer = await rig.call('insertDocument', { meetingID: id }, xml(SLIDES));
    expect(answer.text).to.equal(
      '<response>\n<returncode>SUCCESS</returncode>\n<message>Presentation is being uploaded</message>\n</response>\n',
    );
    expect(sim.meetings.find(id)?.documents).to.have.length(1);
  });

  it('insertDocument takes XML by POST only', async () => {
    expect((await rig.call('insertDocument', { meetingID: id })).messageKey).to.equal('unsupportedRequest');
    const form = { body: 'a=1', contentType: 'application/x-www-form-urlencoded' };
    expect((await rig.call('insertDocument', { meetingID: id }, form)).messageKey).to.equal(
      'unsupportedContentType',
    );
  });

  it('insertDocument into an unknown meeting is refused', async () => {
    const answer = await rig.call('insertDocument', { meetingID: 'nothing-here' }, xml(SLIDES));
    expect(answer.messageKey).to.equal('notFound');
  });

  it('insertDocument of what makes the server fail is FAILED, not an error of ours', async () => {
    for (const body of ['<modules><broken', '<modules/>']) {
      const answer = await rig.call('insertDocument', { meetingID: id }, xml(body));
      expect(answer).to.include({ status: 200, returnCode: 'FAILED' });
    }
  });

  it('sendChatMessage reaches a meeting with people in it', async () => {
    const meeting = sim.meetings.find(id);
    if (meeting !== undefined) sim.meetings.setAttendees(meeting, 1);
    const answer = await rig.call('sendChatMessage', { meetingID: id, message: 'Grüße', userName: 'Bot' });
    expect(answer.element('message')).to.equal('Message successfully sent');
    expect(sim.meetings.find(id)?.messages).to.deep.equal([{ userName: 'Bot', text: 'Grüße' }]);
  });

  it('sendChatMessage to an unknown meeting is refused as BBB does it', async () => {
    const answer = await rig.call('sendChatMessage', { meetingID: 'nothing-here', message: 'x' });
    expect(answer).to.include({ messageKey: 'meetingNotFound' });
    expect(answer.element('message')).to.equal('Meeting not found');
  });

  function xml(body: string) {
    return { body, contentType: 'application/xml' };
  }
});
