import { expect } from 'chai';
import { AppRig, newMeetingId, until } from '../support/app-rig.js';

describe('limits and rules of a tenant', () => {
  let rig: AppRig;

  before(async () => {
    rig = await AppRig.start({
      servers: 2,
      tenants: [
        { id: 'few', secrets: ['few-secret'], limits: { meetings: 2 } },
        { id: 'small', secrets: ['small-secret'], limits: { attendees: 20 } },
        {
          id: 'ruled',
          secrets: ['ruled-secret'],
          parameters: {
            create: {
              default: { record: 'true', welcome: 'Grüß dich' },
              force: { logoutURL: 'https://out.example.org/' },
              max: { duration: 60, maxParticipants: 25 },
              drop: ['meta_secret-note', 'bannerText'],
            },
            join: { force: { 'userdata-bbb_skip_check_audio': 'true' }, drop: ['role'] },
          },
        },
        { id: 'nowhere', secrets: ['nowhere-secret'], servers: { tags: ['gpu'] } },
      ],
    });
  });

  after(() => rig.stop());

  const parameters = (meetingID: string) => ({
    name: 'Room',
    meetingID,
    attendeePW: 'ap',
    moderatorPW: 'mp',
  });

  it('refuse the meeting beyond the limit, but not the repeat of one that exists', async () => {
    const tenant = 'few';
    await rig.create('first', {}, { tenant });
    await rig.create('second', {}, { tenant });
    const third = await rig.call('create', parameters('third'), { tenant });
    expect(third).to.include({ status: 200, messageKey: 'maxMeetingsReached' });
    expect((await rig.call('create', parameters('first'), { tenant })).messageKey).to.equal(
      'duplicateWarning',
    );
    await rig.create(newMeetingId());
    await rig.call('end', { meetingID: 'first' }, { tenant });
    await rig.create('first', {}, { tenant });
  });

  it('hold when many creates come at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => rig.call('create', parameters(`burst-${at}`), { tenant: 'few' })),
    );
    expect(answers.filter(({ returnCode }) => returnCode === 'SUCCESS')).to.have.length(0);
  });

  it('refuse a new meeting while as many people are in as allowed, but no repeat', async () => {
    const tenant = 'small';
    const { sim } = await rig.create('one', {}, { tenant });
    const meeting = sim.meetings.find('small--one');
    if (meeting === undefined) throw new Error('the meeting is not where it was created');
    sim.meetings.setAttendees(meeting, 20);
    await until('a poll has counted them', async () =>
      (await rig.call('getMeetings', '', { tenant })).text.includes('<participantCount>20<'),
    );
    expect((await rig.call('create', parameters('two'), { tenant })).messageKey).to.equal(
      'maxAttendeesReached',
    );
    expect((await rig.call('create', parameters('one'), { tenant })).messageKey).to.equal('duplicateWarning');
    sim.meetings.setAttendees(meeting, 1);
    await until('a poll has seen them go', async () =>
      (await rig.call('getMeetings', '', { tenant })).text.includes('<participantCount>1<'),
    );
    await rig.create('two', {}, { tenant });
  });

  it('shape what the server gets', async () => {
    const tenant = 'ruled';
    const { answer, sim } = await rig.create(
      'ruled-room',
      { duration: 600, logoutURL: 'https://mine.example.org/', 'meta_secret-note': 'x', bannerText: 'y' },
      { tenant },
    );
    const settings = sim.meetings.find('ruled--ruled-room')?.settings;
    expect(settings).to.include({
      durationMinutes: 60,
      maxUsers: 25,
      isRecorded: true,
      logoutUrl: 'https://out.example.org/',
    });
    expect(settings?.metadata.has('secret-note')).to.equal(false);
    const [got] = sim.calls.requests('create').slice(-1);
    expect(got?.query).to.include('welcome=Gr%C3%BC%C3%9F%20dich').and.not.to.include('bannerText');
    expect(answer.element('meetingID')).to.equal('ruled-room');
    const person = { meetingID: 'ruled-room', fullName: 'x', role: 'MODERATOR', password: 'ap' };
    const location = String((await rig.call('join', person, { tenant })).headers.location);
    expect(location).to.include('userdata-bbb_skip_check_audio=true').and.not.to.include('role=');
    expect(location).to.include('meetingID=ruled--ruled-room');
  });

  it('keep a tenant off servers without its tags', async () => {
    const answer = await rig.call('create', parameters('any'), { tenant: 'nowhere' });
    expect(answer).to.include({ status: 200, messageKey: 'noServerAvailable' });
  });
});
