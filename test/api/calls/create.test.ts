import { expect } from 'chai';
import { AppRig, newMeetingId, queryOf } from '../../support/app-rig.js';
import { callBbb } from '../../support/sim-client.js';

const XML =
  '<?xml version="1.0" encoding="UTF-8"?><modules><module name="presentation">' +
  '<document url="https://slides.example.org/a.pdf" filename="a.pdf"/></module></modules>';
const FORM = 'application/x-www-form-urlencoded';

describe('create', () => {
  let rig: AppRig;

  before(async () => {
    rig = await AppRig.start();
  });

  after(() => rig.stop());

  const parametersOf = (meetingID: string) => ({
    name: 'Room',
    meetingID,
    attendeePW: 'ap',
    moderatorPW: 'mp',
  });

  it('makes the meeting on one server and gives back what that server says', async () => {
    const id = newMeetingId();
    const { answer, sim } = await rig.create(id);
    expect(answer.status).to.equal(200);
    expect(answer.headers['content-type']).to.equal('text/xml;charset=utf-8');
    expect(answer.element('meetingID')).to.equal(id);
    expect(sim.meetings.find(id)?.internalId).to.equal(answer.element('internalMeetingID'));
    expect(rig.sims.filter((other) => other.meetings.find(id) !== undefined)).to.have.length(1);
  });

  it('sends a repeat to the same server and relays its answer byte for byte', async () => {
    const id = newMeetingId();
    const { answer, sim } = await rig.create(id);
    const repeat = await rig.call('create', parametersOf(id));
    expect(repeat.messageKey).to.equal('duplicateWarning');
    expect(repeat.element('createTime')).to.equal(answer.element('createTime'));
    expect(repeat.text).to.equal((await callBbb(sim, 'create', queryOf(parametersOf(id)))).text);
  });

  it("relays a server's idNotUnique", async () => {
    const id = newMeetingId();
    await rig.create(id);
    const answer = await rig.call('create', { ...parametersOf(id), moderatorPW: 'other' });
    expect(answer.messageKey).to.equal('idNotUnique');
  });

  it('hands on parameters, their order, repeats and encodings as they came', async () => {
    const id = newMeetingId();
    const query = `name=R%c3%b6om+1&meta_b=%7e&meta_a&&meetingID=${id}&x=1&x=2&meta_c=a%2Bb+c&welcome=<b>`;
    const answer = await rig.call('create', query.replace('<b>', '%3cb%3E'));
    expect(answer.returnCode).to.equal('SUCCESS');
    const [got] = rig
      .simOf(answer.element('internalMeetingID') ?? '')
      .calls.requests('create')
      .slice(-1);
    expect(got?.query.replace(/&checksum=[0-9a-f]+$/, '')).to.equal(query.replace('<b>', '%3cb%3E'));
  });

  it("never shows a server the front end's checksum", async () => {
    const id = newMeetingId();
    const { sim } = await rig.create(id);
    const [got] = sim.calls.requests('create').slice(-1);
    expect(got?.query.match(/checksum=/g)).to.have.length(1);
  });

  for (const contentType of [
    'application/xml',
    'text/xml',
    'application/xml; charset=utf-8',
    'TEXT/XML;charset=UTF-8',
    FORM,
  ]) {
    it(`hands on slides posted as ${contentType}, unchanged`, async () => {
      const id = newMeetingId();
      const answer = await rig.call('create', parametersOf(id), { body: XML, contentType });
      expect(answer.returnCode).to.equal('SUCCESS');
      const sim = rig.simOf(answer.element('internalMeetingID') ?? '');
      expect(sim.meetings.find(id)?.documents).to.deep.equal([
        { url: 'https://slides.example.org/a.pdf', name: 'a.pdf' },
      ]);
      const [got] = sim.calls.requests('create').slice(-1);
      expect(got).to.include({ bodyBytes: Buffer.byteLength(XML), contentType: 'application/xml' });
    });
  }

  it('takes its parameters from a form, checksum in the query', async () => {
    const id = newMeetingId();
    const answer = await rig.call('create', `meetingID=${id}`, { body: 'name=Form+Room', contentType: FORM });
    expect(answer.element('meetingID')).to.equal(id);
    expect(rig.simOf(answer.element('internalMeetingID') ?? '').meetings.find(id)?.settings.name).to.equal(
      'Form Room',
    );
  });

  for (const contentType of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', '']) {
    it(`refuses a body of type "${contentType}" and creates nothing`, async () => {
      const id = newMeetingId();
      const answer = await rig.call('create', parametersOf(id), { body: XML, contentType });
      expect(answer).to.include({ status: 200, messageKey: 'unsupportedContentType' });
      expect(rig.sims.every((sim) => sim.meetings.find(id) === undefined)).to.equal(true);
    });
  }

  it('creates by a POST without a body', async () => {
    const answer = await rig.call('create', parametersOf(newMeetingId()), { method: 'POST' });
    expect(answer.returnCode).to.equal('SUCCESS');
  });

  it("gives a server's FAILED answer back byte for byte and frees the ID", async () => {
    const id = newMeetingId();
    const refused = await rig.call('create', `meetingID=${id}`);
    expect(refused.messageKey).to.equal('validationError');
    expect(refused.text).to.equal((await callBbb(rig.sims[0]!, 'create', `meetingID=${id}`)).text);
    await rig.create(id);
  });

  it('refuses IDs BBB refuses, without asking a server', async () => {
    const count = () => rig.sims.reduce((sum, sim) => sum + sim.calls.count('create'), 0);
    const before = count();
    for (const id of ['x', 'a,b', 'a%00b', '%20ab', 'y'.repeat(257)]) {
      expect((await rig.call('create', `name=Room&meetingID=${id}`)).messageKey, id).to.equal(
        'validationError',
      );
    }
    expect((await rig.call('create', 'name=Room')).messageKey).to.equal('missingParamMeetingID');
    expect(count()).to.equal(before);
  });

  it('opens a breakout room beside its parent', async () => {
    const id = newMeetingId();
    const { answer, sim } = await rig.create(id);
    const parent = answer.element('internalMeetingID') ?? '';
    const room = await rig.call('create', {
      ...parametersOf('inner-1'),
      isBreakout: true,
      parentMeetingID: parent,
      sequence: 1,
    });
    expect(room.element('parentMeetingID')).to.equal(parent);
    expect(sim.meetings.find(id)?.breakoutIds).to.deep.equal(['inner-1']);
  });

  it('refuses breakout rooms of nothing as BBB does', async () => {
    const room = { ...parametersOf('inner-2'), isBreakout: true };
    expect((await rig.call('create', room)).messageKey).to.equal('parentMeetingIDMissing');
    expect((await rig.call('create', { ...room, parentMeetingID: 'x-1' })).messageKey).to.equal(
      'parentMeetingDoesNotExist',
    );
  });
});
