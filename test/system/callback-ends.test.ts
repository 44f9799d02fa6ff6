import { expect } from 'chai';
import type { SimServer } from '../../src/sim/sim-server.js';
import { AppRig, newMeetingId, until } from '../support/app-rig.js';
import { CallbackInbox } from '../support/callback-inbox.js';

describe('ends of meetings on servers in trouble', () => {
  let rig: AppRig;
  let inbox: CallbackInbox;

  beforeEach(async () => {
    inbox = await CallbackInbox.open();
    rig = await AppRig.start({
      servers: 2,
      settings: { callbacks: { allowPrivateTargets: true, serverHooks: false } },
    });
  });

  afterEach(async () => {
    await rig.stop();
    await inbox.close();
  });

  function urlsOf(meetingId: string): Record<string, string> {
    return {
      meta_endCallbackUrl: inbox.url(`/${meetingId}/end`),
      meetingEndedURL: inbox.url(`/${meetingId}/ended`),
    };
  }

  async function healthOf(id: string): Promise<string> {
    return ((await rig.admin('GET', `servers/${id}`)) as { health: string }).health;
  }

  it('says nothing when the copy of a moved meeting ends, and then tells of the real end once', async () => {
    const id = newMeetingId();
    const { sim: first } = await rig.create(id, urlsOf(id));
    first.faults.set('*', { kind: 'status', status: 502 });
    await until('the server is offline', async () => (await healthOf(first.id)) === 'offline');
    const { sim: second } = await rig.create(id, urlsOf(id));
    expect(second.id).not.to.equal(first.id);
    first.faults.clear();
    await until('the copy left behind has ended', () => first.meetings.find(id)?.endTime !== 0);
    await until('its server has called', () => endsSentBy(first) === 2);
    expect(inbox.calls).to.deep.equal([]);
    expect((await rig.call('isMeetingRunning', { meetingID: id })).returnCode).to.equal('SUCCESS');
    await rig.call('end', { meetingID: id, password: 'mp' });
    await inbox.waitFor(`/${id}/end`);
    await inbox.waitFor(`/${id}/ended`);
    await until('the second server has called', () => endsSentBy(second) === 2);
    expect(inbox.calls).to.have.lengthOf(2);
  });

  function endsSentBy(sim: SimServer): number {
    return sim.callbacks.filter(({ kind, outcome }) => kind === 'end' && outcome === 200).length;
  }

  it('tells of an end that a front end asked for and the server can tell of no more', async () => {
    const id = newMeetingId();
    const { sim } = await rig.create(id, urlsOf(id));
    await sim.stop();
    await until('the server is offline', async () => (await healthOf(sim.id)) === 'offline');
    expect(inbox.calls).to.deep.equal([]);
    await rig.call('end', { meetingID: id, password: 'mp' });
    const [end] = await inbox.waitFor(`/${id}/end`);
    expect(end?.url).to.equal(`/${id}/end?recordingmarks=false&meetingID=${id}`);
    await inbox.waitFor(`/${id}/ended`);
  });

  it('tells of the meetings of a server that is removed', async () => {
    const id = newMeetingId();
    const { sim } = await rig.create(id, urlsOf(id));
    await rig.admin('DELETE', `servers/${sim.id}?force=true`);
    await inbox.waitFor(`/${id}/end`);
    await inbox.waitFor(`/${id}/ended`);
  });

  it('looks each minute for meetings whose server is lost', async () => {
    const { text } = await rig.send('/metrics');
    expect(text).to.match(/^ballast_job_interval_seconds\{job="give-up-lost-meetings"\} 60$/m);
  });
});
