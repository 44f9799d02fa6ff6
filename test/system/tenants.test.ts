import { expect } from 'chai';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { until } from '../support/app-rig.js';
import type { Answer, FrontEndCall, RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

describe('system: tenants', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  const [schoolSecret, newSecret, clinicSecret] = [
    rig.secret('school'),
    rig.secret('rollover'),
    rig.secret('clinic'),
  ];
  const school: FrontEndCall = { secret: schoolSecret, root: '/t/school' };
  const clinic: FrontEndCall = { secret: clinicSecret, headers: { host: 'clinic.example.org' } };
  let ballast: RunningBallast;

  before(async () => {
    await rig.addSims(2);
    ballast = await rig.serve({
      tenants: [
        {
          id: 'school',
          hosts: ['school.example.org'],
          secrets: [schoolSecret, newSecret],
          limits: { meetings: 2 },
          parameters: {
            create: {
              default: { welcome: 'Hello & good day' },
              force: { record: 'false' },
              max: { maxParticipants: 30 },
              drop: ['webcamsOnlyForModerator'],
            },
          },
        },
        {
          id: 'clinic',
          hosts: ['clinic.example.org'],
          secrets: [clinicSecret],
          servers: { tags: ['clinic'] },
        },
      ],
      servers: { bbb2: { tags: ['clinic'] } },
    });
  });
  after(() => rig.stop());

  /** IDs of the meetings on the servers. */
  function onServers(): readonly string[] {
    return rig.sims.flatMap((sim) => [
      ...new Set(sim.calls.requests('create').map((call) => call.meetingId ?? '')),
    ]);
  }

  function idsIn(list: Answer): readonly string[] {
    return [...list.text.matchAll(/<meetingID>([^<]*)</g)].map(([, id]) => id ?? '');
  }

  it('keeps meetings of the same ID apart, and shows each front end its own ID', async () => {
    const answers = [
      await ballast.create('room 1'),
      await ballast.create('room 1', {}, school),
      await ballast.create('room 1', {}, clinic),
    ];
    expect(new Set(answers.map((answer) => answer.element('internalMeetingID'))).size).to.equal(3);
    expect(onServers()).to.have.members(['room 1', 'school--room 1', 'clinic--room 1']);
    for (const [at, options] of [{}, school, clinic].entries()) {
      expect(answers[at]?.element('meetingID')).to.equal('room 1');
      const info = await ballast.call('getMeetingInfo', { meetingID: 'room 1' }, options);
      expect(info.element('meetingID')).to.equal('room 1');
      expect(info.element('internalMeetingID')).to.equal(answers[at]?.element('internalMeetingID'));
      const list = await ballast.call('getMeetings', '', options);
      expect(idsIn(list)).to.deep.equal(['room 1']);
      for (const text of [info.text, list.text]) expect(text).to.not.match(/school--|clinic--/);
    }
  });

  it('selects the tenant by host or by path, with any of its secrets', async () => {
    const host = { host: 'SCHOOL.example.org:443' };
    for (const options of [
      school,
      { root: '/t/school', secret: newSecret },
      { secret: newSecret, headers: host },
    ]) {
      expect(idsIn(await ballast.call('getMeetings', '', options))).to.deep.equal(['room 1']);
    }
    const strangers: readonly FrontEndCall[] = [
      { root: '/t/school' },
      { root: '/t/school', secret: clinicSecret },
      { secret: schoolSecret },
      { headers: host },
    ];
    for (const options of strangers) {
      const answer = await ballast.call('getMeetings', '', options);
      expect([answer.status, answer.messageKey]).to.deep.equal([200, 'checksumError']);
    }
    const unknown = await ballast.call('getMeetings', '', { root: '/t/nobody' });
    expect([unknown.status, unknown.returnCode]).to.deep.equal([200, 'FAILED']);
  });

  it('lets no tenant reach a meeting of another, however the ID is written', async () => {
    const password = ballast.access.passwords.moderator;
    const ids = [
      'school--room+1',
      'school%2D%2Droom%201',
      '%20school--room+1',
      'school-%00-room+1',
      'clinic--room+1',
    ];
    for (const id of ids) {
      for (const [call, options] of [
        ['getMeetingInfo', {}],
        ['end', {}],
        ['create', {}],
        ['getMeetingInfo', clinic],
        ['end', school],
      ] as const) {
        const answer = await ballast.call(call, `meetingID=${id}&password=${password}&name=Room`, options);
        expect([id, call, answer.status, answer.returnCode]).to.deep.equal([id, call, 200, 'FAILED']);
      }
    }
    for (const options of [{}, school, clinic]) {
      expect(idsIn(await ballast.call('getMeetings', '', options))).to.deep.equal(['room 1']);
    }
  });

  it('refuses a new meeting above the limit, not a repeat nor another tenant', async () => {
    await ballast.create('room 2', {}, school);
    const refused = await ballast.tryCreate('room 3', {}, school);
    expect([refused.status, refused.returnCode, refused.messageKey]).to.deep.equal([
      200,
      'FAILED',
      'maxMeetingsReached',
    ]);
    expect((await ballast.create('room 2', {}, school)).messageKey).to.equal('duplicateWarning');
    await ballast.create('room 3');
  });

  it('places a tenant only on servers with its tags', async () => {
    for (let at = 0; at < 4; at++) await ballast.create(`ward ${at}`, {}, clinic);
    const scoped = rig
      .sim('bbb1')
      .calls.requests('create')
      .map(({ meetingId }) => meetingId);
    expect(scoped.filter((id) => id?.startsWith('clinic--'))).to.deep.equal([]);
  });

  it('applies its rules to the parameters of a create', async () => {
    const requests = rig.sims.flatMap((sim) => sim.calls.requests('create'));
    const sent = requests.find(({ meetingId }) => meetingId === 'school--room 2');
    const query = RawQuery.parse(sent?.query ?? '');
    expect(query.get('welcome')).to.equal('Hello & good day');
    expect(query.get('record')).to.equal('false');
    expect(query.get('maxParticipants')).to.equal('30');
    expect(requests.find(({ meetingId }) => meetingId === 'room 3')?.query).to.not.include('welcome');
  });

  it('ends only the meeting of the tenant that asks', async () => {
    const password = ballast.access.passwords.moderator;
    expect((await ballast.call('end', { meetingID: 'room 1', password }, school)).returnCode).to.equal(
      'SUCCESS',
    );
    await until(
      'it is gone',
      async () => !idsIn(await ballast.call('getMeetings', '', school)).includes('room 1'),
    );
    for (const options of [{}, clinic]) {
      expect((await ballast.call('getMeetingInfo', { meetingID: 'room 1' }, options)).returnCode).to.equal(
        'SUCCESS',
      );
    }
  });
});
