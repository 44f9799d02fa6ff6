import { expect } from 'chai';
import { CallbackInbox } from '../support/callback-inbox.js';
import { newMeetingId, until } from '../support/app-rig.js';
import { SystemRig } from './system-rig.js';

describe('system: a balancer that is killed with callbacks in hand', function () {
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

  it('delivers after its next start what a server had told it, once', async () => {
    const settings = { callbacks: { allowPrivateTargets: true, serverHooks: false } };
    const first = await rig.serve({ settings });
    const ids = Array.from({ length: 5 }, newMeetingId);
    for (const id of ids) {
      await first.create(id, {
        meta_endCallbackUrl: inbox.url(`/${id}/end`),
        'meta_bbb-recording-ready-url': inbox.url(`/${id}/ready`),
        record: 'true',
      });
    }
    inbox.status = 503;
    for (const id of ids) {
      await first.call('end', { meetingID: id, password: first.access.passwords.moderator });
    }
    const [sim] = rig.sims;
    const taken = (): number => sim?.callbacks.filter(({ outcome }) => outcome === 200).length ?? 0;
    await until('the server was told that its calls are taken', () => taken() === 2 * ids.length);
    await first.stop('SIGKILL');
    inbox.status = 200;
    inbox.calls.length = 0;
    const second = await rig.serveFiles();
    // They would come again by themselves, after their pause.
    const listed = JSON.parse((await second.adminRequest('GET', 'callbacks?state=pending')).text) as {
      callbacks: readonly { id: string }[];
    };
    for (const { id } of listed.callbacks) await second.adminRequest('POST', `callbacks/${id}/retry`);
    for (const id of ids) {
      const [end] = await inbox.waitFor(`/${id}/end`, 1, 20_000);
      expect(end?.url).to.equal(`/${id}/end?recordingmarks=true&meetingID=${id}`);
      await inbox.waitFor(`/${id}/ready`, 1, 20_000);
    }
    expect(inbox.calls).to.have.lengthOf(2 * ids.length);
  });
});
