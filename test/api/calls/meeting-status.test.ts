import { expect } from 'chai';
import type { SimServer } from '../../../src/sim/sim-server.js';
import { AppRig, newMeetingId, until } from '../../support/app-rig.js';
import { callBbb } from '../../support/sim-client.js';

describe('isMeetingRunning, getMeetingInfo, end', () => {
  let rig: AppRig;
  let id: string;
  let sim: SimServer;

  before(async () => {
    rig = await AppRig.start({ servers: [{}, { endLagMs: 200 }] });
  });

  beforeEach(async () => {
    id = newMeetingId();
    sim = (await rig.create(id, { meta_title: 'Grüße & <Küsse>' })).sim;
  });

  afterEach(() => {
    for (const one of rig.sims) one.faults.clear();
  });

  after(() => rig.stop());

  for (const call of ['isMeetingRunning', 'getMeetingInfo']) {
    it(`${call} gives the server's answer byte for byte`, async () => {
      const meeting = sim.meetings.find(id);
      if (meeting !== undefined) sim.meetings.setAttendees(meeting, 3);
      const answer = await rig.call(call, { meetingID: id });
      expect(answer.text).to.equal((await callBbb(sim, call, `meetingID=${id}`)).text);
      expect(answer).to.include({ status: 200, returnCode: 'SUCCESS' });
    });

    it(`${call} takes its parameters from a form`, async () => {
      const contentType = 'application/x-www-form-urlencoded';
      const answer = await rig.call(call, '', { body: `meetingID=${id}`, contentType });
      expect(answer.text).to.equal((await callBbb(sim, call, `meetingID=${id}`)).text);
    });

    it(`${call} asks for the ID it needs`, async () => {
      expect((await rig.call(call)).messageKey).to.equal('missingParamMeetingID');
    });
  }

  it('an unknown meeting does not run, however short its ID', async () => {
    for (const meetingID of ['0', newMeetingId()]) {
      const answer = await rig.call('isMeetingRunning', { meetingID });
      expect(answer.text).to.equal(
        '<response>\n<returncode>SUCCESS</returncode>\n<running>false</running>\n</response>',
      );
    }
  });

  it('an unknown meeting has no info and no end', async () => {
    for (const call of ['getMeetingInfo', 'end']) {
      expect((await rig.call(call, { meetingID: 'nothing-here' })).messageKey).to.equal('notFound');
    }
  });

  it('getMeetingInfo falls back on the last poll while the server fails', async () => {
    const meeting = sim.meetings.find(id);
    if (meeting !== undefined) sim.meetings.setAttendees(meeting, 2);
    await rig.call('getMeetings');
    await until('the list shows it', async () => (await rig.call('getMeetings')).text.includes(id));
    await until('both are in', async () => {
      const { text } = await rig.call('getMeetings');
      return text.slice(text.indexOf(id)).includes('<participantCount>2<');
    });
    sim.faults.set('getMeetingInfo', { kind: 'html' });
    sim.faults.set('isMeetingRunning', { kind: 'reset' });
    const info = await rig.call('getMeetingInfo', { meetingID: id });
    expect(info.returnCode).to.equal('SUCCESS');
    expect(info.element('meetingID')).to.equal(id);
    expect(info.element('participantCount')).to.equal('2');
    const running = await rig.call('isMeetingRunning', { meetingID: id });
    expect(running.element('running')).to.equal('true');
  });

  it('answers within five seconds while the server hangs', async () => {
    sim.faults.set('isMeetingRunning', { kind: 'hang' });
    const startedAt = Date.now();
    const answer = await rig.call('isMeetingRunning', { meetingID: id });
    expect(answer.returnCode).to.equal('SUCCESS');
    expect(Date.now() - startedAt).to.be.below(5_000);
  });

  it('end is relayed, and a create right after makes a new meeting', async () => {
    const before = sim.meetings.find(id)?.internalId;
    const answer = await rig.call('end', { meetingID: id, password: 'mp' });
    expect(answer.messageKey).to.equal('sentEndMeetingRequest');
    await until('it is gone', () => sim.meetings.find(id) === undefined);
    const { answer: again } = await rig.create(id);
    expect(again.element('internalMeetingID')).not.to.equal(before);
  });

  it('end says so when the server does not answer it', async () => {
    sim.faults.set('end', { kind: 'garbage' });
    const answer = await rig.call('end', { meetingID: id });
    expect(answer).to.include({ status: 200, messageKey: 'serverUnavailable' });
  });
});
