import { expect } from 'chai';
import { startSimServer } from '../../../src/sim/sim-server.js';
import { AppRig, newMeetingId, queryOf, until } from '../../support/app-rig.js';
import { callBbb, elementText } from '../../support/sim-client.js';

describe('getMeetings', () => {
  let rig: AppRig;

  beforeEach(async () => {
    rig = await AppRig.start();
  });

  afterEach(() => rig.stop());

  const idsIn = (xml: string): string[] =>
    [...xml.matchAll(/<meetingID>([^<]*)<\/meetingID>/g)].map(([, id]) => id ?? '').sort();

  it('says that there are none as BBB does', async () => {
    const answer = await rig.call('getMeetings');
    expect(answer).to.include({ returnCode: 'SUCCESS', messageKey: 'noMeetings' });
    expect(answer.text).to.include('<meetings/>');
  });

  it('lists what was just created on all servers, each meeting in the bytes of its server', async () => {
    const ids = Array.from({ length: 12 }, newMeetingId).sort();
    await Promise.all(ids.map((id) => rig.create(id)));
    expect(rig.sims.map((sim) => sim.meetings.list().length > 0)).to.deep.equal([true, true]);
    const answer = await rig.call('getMeetings');
    expect(idsIn(answer.text)).to.deep.equal(ids);
    for (const sim of rig.sims) {
      const own = (await callBbb(sim, 'getMeetings')).text;
      for (const [meeting] of own.matchAll(/<meeting>[^]*?<\/meeting>/g))
        expect(answer.text).to.include(meeting);
    }
  });

  it('shows an end at once', async () => {
    const id = newMeetingId();
    await rig.create(id);
    expect(idsIn((await rig.call('getMeetings')).text)).to.deep.equal([id]);
    await rig.call('end', { meetingID: id });
    expect((await rig.call('getMeetings')).messageKey).to.equal('noMeetings');
  });

  it('lists and adopts a meeting made directly on a server', async () => {
    const id = newMeetingId();
    const sim = rig.sims[1]!;
    await callBbb(sim, 'create', queryOf({ name: 'Foreign', meetingID: id }));
    await until('it is listed', async () => idsIn((await rig.call('getMeetings')).text).includes(id));
    const info = await rig.call('getMeetingInfo', { meetingID: id });
    expect(info.element('meetingName')).to.equal('Foreign');
    const joined = await rig.call('join', { meetingID: id, fullName: 'x', role: 'VIEWER' });
    expect(String(joined.headers.location)).to.include(sim.url);
    const repeat = await rig.call('create', { name: 'Foreign', meetingID: id });
    expect(repeat.messageKey).to.equal('duplicateWarning');
  });

  it('lists a breakout room once', async () => {
    const id = newMeetingId();
    const { answer } = await rig.create(id);
    const parentMeetingID = answer.element('internalMeetingID') ?? '';
    const room = { name: 'Room', meetingID: 'inner-7', isBreakout: true, parentMeetingID, sequence: 1 };
    await rig.call('create', room);
    const { text } = await rig.call('getMeetings');
    expect(text.match(/<isBreakout>true</g)).to.have.length(1);
    expect(text.match(/<meeting>/g)).to.have.length(2);
  });

  it('answers within five seconds while a server hangs, with all that is known', async () => {
    const ids = Array.from({ length: 8 }, newMeetingId).sort();
    await Promise.all(ids.map((id) => rig.create(id)));
    expect(idsIn((await rig.call('getMeetings')).text)).to.deep.equal(ids);
    rig.sims[0]?.faults.set('*', { kind: 'hang' });
    const late = newMeetingId();
    rig.sims[0]?.faults.set('create', { kind: 'html' });
    await rig.create(late);
    const startedAt = Date.now();
    const answer = await rig.call('getMeetings');
    expect(Date.now() - startedAt).to.be.below(5_000);
    expect(idsIn(answer.text)).to.deep.equal([...ids, late].sort());
  });

  it('costs the meetings of a dead server, and no others', async () => {
    const ids = Array.from({ length: 10 }, newMeetingId);
    await Promise.all(ids.map((id) => rig.create(id)));
    const [dead, alive] = [rig.sims[0]!, rig.sims[1]!];
    const left = alive.meetings
      .list()
      .map(({ meetingId }) => meetingId)
      .sort();
    await dead.refuse();
    await until('the dead one is given up', async () => {
      return idsIn((await rig.call('getMeetings')).text).length === left.length;
    });
    expect(idsIn((await rig.call('getMeetings')).text)).to.deep.equal(left);
  });

  it('waits for a server that was never polled: unknown is not empty', async () => {
    const sim = await startSimServer({ id: 'bbb9', secret: 'server-secret-9' });
    try {
      await callBbb(sim, 'create', queryOf({ name: 'There before', meetingID: 'there-before' }));
      sim.faults.set('getMeetings', { kind: 'slow', delayMs: 400 });
      await rig.admin('POST', 'servers', { id: sim.id, url: sim.url, secret: sim.secret });
      expect(idsIn((await rig.call('getMeetings')).text)).to.deep.equal(['there-before']);
    } finally {
      await rig.admin('DELETE', 'servers/bbb9?force=true');
      await sim.stop();
    }
  });

  it('takes a POST as well', async () => {
    expect(elementText((await rig.call('getMeetings', '', { method: 'POST' })).text, 'returncode')).to.equal(
      'SUCCESS',
    );
  });
});
