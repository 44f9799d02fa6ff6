import { expect } from 'chai';
import { freeLoopbackPort } from '../engines/rig/loopback-port.js';
import { CallbackInbox } from '../support/callback-inbox.js';
import { newMeetingId, until } from '../support/app-rig.js';
import { SystemRig } from './system-rig.js';

describe('system: a balancer that is killed with events of webhooks in hand', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  let inbox: CallbackInbox;

  before(async () => {
    inbox = await CallbackInbox.open();
    await rig.addSims(1);
  });

  after(async () => {
    await rig.stop();
    await inbox.close();
  });

  it('tells after its next start what it had been told, and goes on with the same hooks', async () => {
    // The port stays, as the server goes on calling it.
    const listen = { host: '127.0.0.1', port: await freeLoopbackPort() };
    const first = await rig.serve({ settings: { listen, callbacks: { allowPrivateTargets: true } } });
    const [sim] = rig.sims;
    await until('the server has the hook', () => sim?.hooks.hooks.length === 1);
    const own = sim?.hooks.hooks[0]?.callbackUrl;
    const hook = { callbackURL: inbox.url('/hook'), eventID: 'user-joined' };
    expect((await first.call('hooks/create', hook)).returnCode).to.equal('SUCCESS');
    const id = newMeetingId();
    await first.create(id);
    const meeting = sim!.meetings.find(id)!;
    const join = () => sim!.meetings.join(meeting, { fullName: 'Somebody', role: 'VIEWER' }).userId;

    inbox.status = 503;
    const users = Array.from({ length: 10 }, join);
    const taken = (): number =>
      sim!.hooks.sent.filter((event) => event.id === 'user-joined' && event.outcome === 200).length;
    await until('all events are taken', () => taken() === users.length);
    await first.stop('SIGKILL');
    const whileDown = join();
    inbox.status = 200;
    inbox.calls.length = 0;
    const second = await rig.serveFiles();
    users.push(whileDown, join());

    const told = (): (string | undefined)[] =>
      inbox
        .to('/hook')
        .map(
          ({ body }) =>
            /"internal-user-id":"([^"]+)"/.exec(new URLSearchParams(body).get('event') ?? '')?.[1],
        );
    await until('all are told', () => new Set(told()).size === users.length, 40_000);
    expect(told()).to.deep.equal(users);
    expect(sim?.hooks.hooks.map(({ callbackUrl }) => callbackUrl)).to.deep.equal([own]);
    expect((await second.call('hooks/list')).text).to.contain(hook.callbackURL);
  });
});
