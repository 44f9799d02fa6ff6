import { expect } from 'chai';
import { AppRig, newMeetingId, until } from '../support/app-rig.js';
import { CallbackInbox } from '../support/callback-inbox.js';

describe("Ballast's webhook on each server", function () {
  this.timeout(30_000);
  let rig: AppRig;
  let inbox: CallbackInbox;

  before(async () => {
    inbox = await CallbackInbox.open();
    rig = await AppRig.start({
      servers: [{ callbackRetryMs: 50 }, { callbackRetryMs: 50 }],
      tenants: [{ id: 'acme', secrets: ['acme-secret-acme-secret'] }],
      settings: { callbacks: { allowPrivateTargets: true } },
    });
    await until('both servers have the hook', () => rig.sims.every(({ hooks }) => hooks.hooks.length === 1));
  });

  after(async () => {
    await rig.stop();
    await inbox.close();
  });

  it('asks servers with SHA-1, which every bbb-webhooks takes, and with a URL nobody can guess', () => {
    for (const sim of rig.sims) {
      expect(sim.calls.requests('hooks/create')[0]?.query).to.match(/&checksum=[0-9a-f]{40}$/);
      expect(sim.hooks.hooks[0]?.callbackUrl).to.equal(
        `${rig.app.url}/callbacks/hooks/${sim.id}/${sim.hooks.hooks[0]?.callbackUrl.split('/').pop()}`,
      );
      expect(sim.hooks.hooks[0]?.callbackUrl).to.match(/\/[\w-]{32}$/);
    }
  });

  it('refuses events whose sender does not know the URL', async () => {
    await rig.call('hooks/create', { callbackURL: inbox.url('/acme') }, { tenant: 'acme' });
    const id = newMeetingId();
    await rig.create(id, {}, { tenant: 'acme' });
    await inbox.waitFor('/acme', 1);
    const event = {
      data: { id: 'user-joined', attributes: { meeting: { 'external-meeting-id': `acme--${id}` } } },
    };
    const body = new URLSearchParams({ event: JSON.stringify(event), timestamp: '1' }).toString();
    const own = new URL(rig.sims[0]?.hooks.hooks[0]?.callbackUrl ?? '').pathname;
    const other = own.replace('bbb1', 'bbb2');
    for (const target of [
      other,
      own.slice(0, -1),
      `${own}x`,
      '/callbacks/hooks/bbb1/',
      '/callbacks/hooks/%E0/x',
    ]) {
      expect((await rig.send(target, { body })).status, target).to.equal(404);
    }
    expect((await rig.send(own, { method: 'GET' })).status).to.equal(405);
    expect((await rig.send(own, { body: 'x'.repeat(1_100_000) })).status).to.equal(413);
    for (const junk of [
      '',
      'event=',
      'event=%7B',
      'event=%5B1,null,%5B%5D%5D',
      `event=${'%5B'.repeat(50_000)}`,
    ]) {
      expect((await rig.send(own, { method: 'POST', body: junk })).status, junk.slice(0, 20)).to.equal(200);
    }
    expect(inbox.to('/acme')).to.have.length(1);
    expect(inbox.to('/acme')[0]?.body).to.contain('meeting-created');
    const metrics = await rig.send('/metrics');
    expect(metrics.text).to.match(/ballast_hook_events_total\{outcome="malformed"\} 7\n/);
    expect(metrics.text).to.match(/ballast_callbacks_total\{kind="hook",outcome="forged"\} 5\n/);
    expect(metrics.text).to.contain('ballast_server_hook_up{server="bbb1"} 1\n');
  });

  it('registers its hook again on a server that lost it and came back', async () => {
    const [sim] = rig.sims;
    await sim!.refuse();
    sim!.restart();
    await until('the failure is seen', async () => {
      const { servers } = (await rig.admin('GET', 'servers')) as {
        servers: { id: string; health: string }[];
      };
      return servers.find(({ id }) => id === 'bbb1')?.health !== 'online';
    });
    await sim!.accept();
    await until('it has the hook again', () => sim!.hooks.hooks.length === 1, 15_000);
  });

  it('takes its hook from a server that leaves', async () => {
    const [, sim] = rig.sims;
    await rig.admin('DELETE', 'servers/bbb2?force=true');
    await until('the hook is gone', () => sim!.hooks.hooks.length === 0);
  });
});
