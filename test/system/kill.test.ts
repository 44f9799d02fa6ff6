import { expect } from 'chai';
import { newMeetingId, until } from '../support/app-rig.js';
import { SystemRig } from './system-rig.js';

const CREATES = 90;
const IN_FLIGHT = 24;

describe('system: a balancer that is killed during creates', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  after(() => rig.stop());

  it('knows every meeting it answered for, where it was, and splits none', async () => {
    await rig.addSims(3);
    // Long enough for creates to be cut in each of their stages.
    for (const sim of rig.sims) sim.faults.set('create', { kind: 'slow', delayMs: 30 });
    const first = await rig.serve();
    const wanted = Array.from({ length: CREATES }, newMeetingId);
    const answered = new Map<string, string | undefined>();
    const waiting = [...wanted];
    const work = async (): Promise<void> => {
      for (let meetingId = waiting.pop(); meetingId !== undefined; meetingId = waiting.pop()) {
        const answer = await first.create(meetingId).catch(() => undefined);
        if (answer === undefined) return;
        answered.set(meetingId, answer.element('internalMeetingID'));
      }
    };
    const workers = Array.from({ length: IN_FLIGHT }, work);
    await until('a third is answered', () => answered.size >= CREATES / 3);
    await first.stop('SIGKILL');
    await Promise.all(workers);
    expect(answered.size).to.be.below(CREATES);

    for (const sim of rig.sims) sim.faults.clear();
    const second = await rig.serveFiles();
    for (const [meetingId, internalId] of answered) {
      const info = await second.call('getMeetingInfo', { meetingID: meetingId });
      expect([info.returnCode, info.element('internalMeetingID')]).to.deep.equal(['SUCCESS', internalId]);
    }
    // What was cut on its way is settled: the front end tries again, and there is one meeting of each ID.
    const again = await Promise.all(wanted.map((meetingId) => second.create(meetingId)));
    for (const [at, meetingId] of wanted.entries()) {
      const holders = rig.sims.filter((sim) => sim.meetings.find(meetingId) !== undefined);
      expect(holders, meetingId).to.have.length(1);
      const internalId = again[at]?.element('internalMeetingID');
      expect(holders[0]?.meetings.findInternal(internalId ?? '')).to.not.equal(undefined);
      if (answered.has(meetingId)) expect(internalId).to.equal(answered.get(meetingId));
    }
    const listed = [...(await second.call('getMeetings')).text.matchAll(/<meetingID>([^<]+)</g)].map(
      ([, id]) => id,
    );
    expect(listed.sort()).to.deep.equal([...wanted].sort());
  });
});
