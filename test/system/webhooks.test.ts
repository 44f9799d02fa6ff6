import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { AppRig, newMeetingId, until } from '../support/app-rig.js';
import { CallbackInbox, type InboxCall } from '../support/callback-inbox.js';

const TENANTS = [
  { id: 'acme', secrets: ['acme-secret-acme-secret', 'acme-second-secret'] },
  { id: 'beta', secrets: ['beta-secret-beta-secret'] },
];

interface ToldEvent {
  readonly id: string;
  readonly meetingId: string;
  readonly internalId: string;
  readonly userId: string | undefined;
}

/** The one event of a call to a hook. */
function eventOf({ body }: InboxCall): ToldEvent {
  const [item] = JSON.parse(new URLSearchParams(body).get('event') ?? '') as [
    { data: { id: string; attributes: Record<'meeting' | 'user', Record<string, string> | undefined> } },
  ];
  const { meeting, user } = item.data.attributes;
  return {
    id: item.data.id,
    meetingId: meeting?.['external-meeting-id'] ?? '',
    internalId: meeting?.['internal-meeting-id'] ?? '',
    userId: user?.['internal-user-id'],
  };
}

describe('webhooks of a whole balancer', function () {
  this.timeout(30_000);
  let rig: AppRig;
  let inbox: CallbackInbox;
  let made = 0;

  before(async () => {
    inbox = await CallbackInbox.open();
    rig = await AppRig.start({
      servers: [{ callbackRetryMs: 50 }, { callbackRetryMs: 50 }],
      tenants: TENANTS,
      settings: { callbacks: { allowPrivateTargets: true } },
    });
    await until('both servers have the hook', () => rig.sims.every(({ hooks }) => hooks.hooks.length === 1));
  });

  after(async () => {
    await rig.stop();
    await inbox.close();
  });

  /** Registers a hook and gives the path it calls. */
  async function hook(tenant: string, parameters: Record<string, string> = {}): Promise<string> {
    const path = `/${tenant}/${(made += 1)}`;
    const answer = await rig.call(
      'hooks/create',
      { callbackURL: inbox.url(`${path}?key=1`), ...parameters },
      { tenant, algorithm: 'sha1' },
    );
    expect(answer.returnCode, answer.text).to.equal('SUCCESS');
    return path;
  }

  const meetingOn = async (tenant: string, id = newMeetingId()) => {
    const { sim } = await rig.create(id, {}, { tenant });
    const meeting = sim.meetings.find(tenant === 'default' ? id : `${tenant}--${id}`);
    if (meeting === undefined) throw new Error(`${id} is not where it was created`);
    return { id, sim, meeting };
  };
  const eventsAt = (path: string): ToldEvent[] => inbox.to(path).map(eventOf);

  it('tells each tenant of its own meetings in its own words, signed with its first secret', async () => {
    const [acme, beta] = [await hook('acme'), await hook('beta')];
    const id = newMeetingId();
    const rooms = { acme: await meetingOn('acme', id), beta: await meetingOn('beta', id) };
    for (const { sim, meeting } of Object.values(rooms)) {
      const attendee = sim.meetings.join(meeting, { fullName: 'Ada', role: 'MODERATOR' });
      sim.meetings.leave(meeting, attendee.userId);
    }
    for (const [path, tenant] of [
      [acme, TENANTS[0]!],
      [beta, TENANTS[1]!],
    ] as const) {
      const calls = await inbox.waitFor(path, 3);
      expect(eventsAt(path).map((event) => event.id)).to.deep.equal([
        'meeting-created',
        'user-joined',
        'user-left',
      ]);
      for (const call of calls) {
        const { meetingId, internalId } = eventOf(call);
        expect(meetingId).to.equal(id);
        expect(internalId).to.equal(rooms[tenant.id as 'acme' | 'beta'].meeting.internalId);
        expect(call.body).not.to.contain(`${tenant.id}--`);
        const fields = Object.fromEntries(new URLSearchParams(call.body));
        const { event, domain } = fields;
        const timestamp = Number(fields.timestamp);
        const signed = inbox.url(`${path}?key=1`) + JSON.stringify({ event, timestamp, domain });
        const checksum = createHash('sha1').update(`${signed}${tenant.secrets[0]}`).digest('hex');
        expect(call.url).to.equal(`${path}?key=1&checksum=${checksum}`);
        expect(Math.abs(Date.now() - timestamp)).to.be.lessThan(60_000);
      }
    }
  });

  it('tells of breakout rooms only the tenant of their main room', async () => {
    const [acme, other] = [await hook('acme', { eventID: 'user-joined' }), await hook('default')];
    const { sim, meeting } = await meetingOn('acme');
    const breakout = sim.meetings.create(
      `${createHash('sha1').update(meeting.internalId).digest('hex')}-${Date.now()}`,
      {
        ...meeting.settings,
        breakout: { parentInternalId: meeting.internalId, sequence: 1, isFreeJoin: true },
      },
    );
    sim.meetings.join(breakout, { fullName: 'Ada', role: 'VIEWER' });
    await inbox.waitFor(acme, 1);
    expect(eventsAt(acme)[0]?.meetingId).to.equal(breakout.meetingId);
    const { id } = await meetingOn('default');
    await inbox.waitFor(other, 1);
    expect(eventsAt(other).map(({ meetingId }) => meetingId)).to.deep.equal([id]);
  });

  it('shows front ends their own callback URLs in events', async () => {
    const path = await hook('acme', { eventID: 'meeting-created' });
    const url = 'https://front.example/ended?course="1"&x=ü';
    await rig.create(newMeetingId(), { meta_endCallbackUrl: url, meta_other: 'x' }, { tenant: 'acme' });
    const [call] = await inbox.waitFor(path);
    const [event] = JSON.parse(new URLSearchParams(call?.body).get('event') ?? '') as [
      { data: { attributes: { meeting: { metadata: Record<string, string> } } } },
    ];
    expect(event.data.attributes.meeting.metadata).to.include({ endcallbackurl: url, other: 'x' });
    expect(call?.body).not.to.contain('callbacks');
  });

  it('heeds which meeting and which events were asked for, and forgets a hook with its meeting', async () => {
    const id = newMeetingId();
    const one = await hook('acme', { meetingID: id, eventID: 'user-joined,Meeting-Ended' });
    const all = await hook('acme', { eventID: 'meeting-ended' });
    const [other, { sim, meeting }] = [await meetingOn('acme'), await meetingOn('acme', id)];
    other.sim.meetings.join(other.meeting, { fullName: 'Eve', role: 'VIEWER' });
    sim.meetings.join(meeting, { fullName: 'Ada', role: 'VIEWER' });
    sim.meetings.end(meeting);
    await inbox.waitFor(one, 2);
    await inbox.waitFor(all, 1);
    expect(eventsAt(one).map((event) => [event.id, event.meetingId])).to.deep.equal([
      ['user-joined', id],
      ['meeting-ended', id],
    ]);
    expect(eventsAt(all).map(({ meetingId }) => meetingId)).to.deep.equal([id]);
    const list = async (): Promise<string> => (await rig.call('hooks/list', '', { tenant: 'acme' })).text;
    await until('the hook is forgotten', async () => !(await list()).includes(`${one}?`));
    expect(await list()).to.contain(`${all}?`);
  });

  it('keeps the order of a meeting while its target fails in between, and tells of each event once', async () => {
    const path = await hook('beta', { eventID: 'user-joined' });
    const { sim, meeting } = await meetingOn('beta');
    const users: string[] = [];
    const join = (): void => {
      const { userId } = sim.meetings.join(meeting, { fullName: 'Somebody', role: 'VIEWER' });
      users.push(userId);
    };
    for (let i = 0; i < 3; i += 1) join();
    await inbox.waitFor(path, 3);
    inbox.status = 503;
    for (let i = 0; i < 5; i += 1) join();
    await inbox.waitFor(path, 4);
    const failed = inbox.to(path).length;
    inbox.status = 200;
    for (let i = 0; i < 3; i += 1) join();
    await until(
      'all have come',
      () => new Set(eventsAt(path).map(({ userId }) => userId)).size === 11,
      20_000,
    );
    const told = eventsAt(path).map(({ userId }) => userId);
    const taken = told.filter((userId, at) => at < 3 || at >= failed || userId !== told[3]);
    expect(taken).to.deep.equal(users);
  });

  it('is not held up by a target that is gone', async () => {
    const gone = await CallbackInbox.open();
    const callbackURL = gone.url('/gone');
    await gone.close();
    await rig.call('hooks/create', { callbackURL }, { tenant: 'beta' });
    const path = await hook('beta', { eventID: 'user-joined' });
    const { sim, meeting } = await meetingOn('beta');
    const startedAt = Date.now();
    for (let i = 0; i < 20; i += 1) sim.meetings.join(meeting, { fullName: 'Somebody', role: 'VIEWER' });
    await inbox.waitFor(path, 20);
    expect(Date.now() - startedAt).to.be.lessThan(3_000);
  });
});
