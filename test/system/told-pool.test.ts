import { expect } from 'chai';
import { AppRig, newMeetingId, until } from '../support/app-rig.js';

/** So seldom that whatever shows was told, not polled. */
const SELDOM = { interval: '60s', timeout: '1s', offlineAfter: 2, onlineAfter: 1 };

describe('a pool that is told by webhooks', function () {
  this.timeout(30_000);
  let rig: AppRig;

  before(async () => {
    rig = await AppRig.start({ servers: [{}, { hasWebhooks: false }], settings: { poll: SELDOM } });
    await until('the hook is there', () => rig.sims[0]?.hooks.hooks.length === 1);
  });

  after(() => rig.stop());

  const metrics = async (): Promise<string> => (await rig.send('/metrics')).text;

  /** A meeting on the first server, which has webhooks. */
  async function meetingThere() {
    for (;;) {
      const id = newMeetingId();
      const { sim } = await rig.create(id);
      if (sim === rig.sims[0]) return { id, sim };
    }
  }

  it('sees people come and go before the next poll', async () => {
    const { id, sim } = await meetingThere();
    const attendees = async (): Promise<number | undefined> => {
      const probe = newMeetingId();
      await rig.create(probe);
      const { placements } = (await rig.admin('GET', `placements?meetingId=${probe}`)) as {
        placements: { decision: { candidates: { id: string; attendees: number }[] } }[];
      };
      return placements[0]?.decision.candidates.find((candidate) => candidate.id === sim.id)?.attendees;
    };
    expect(await attendees()).to.equal(0);
    const meeting = sim.meetings.find(id)!;
    sim.meetings.setAttendees(meeting, 20);
    await until('20 are counted', async () => (await attendees()) === 20, 15_000);
    sim.meetings.setAttendees(meeting, 4);
    await until('16 have left', async () => (await attendees()) === 4, 15_000);
  });

  it('knows at once that a meeting has ended, and of a new one', async () => {
    const { id, sim } = await meetingThere();
    const list = async (): Promise<string> => (await rig.call('getMeetings')).text;
    const meeting = sim.meetings.find(id)!;
    // What no poll has shown yet is not believed to have ended: it may be listed late.
    expect(await list()).to.contain(id);
    sim.meetings.end(meeting);
    await until('it is free', async () => {
      const { meetings } = (await rig.admin('GET', 'meetings')) as { meetings: { meetingId: string }[] };
      return meetings.every(({ meetingId }) => meetingId !== id);
    });
    expect(await list()).not.to.contain(id);
    const stranger = newMeetingId();
    sim.meetings.create(stranger, meeting.settings);
    await until('the new one is listed', async () => (await list()).includes(stranger));
  });

  it('holds the lack of webhooks against no server', async () => {
    await until('it was asked', async () =>
      (await metrics()).includes('ballast_server_hook_up{server="bbb2"} 0'),
    );
    const text = await metrics();
    expect(text).to.contain('ballast_server_hook_up{server="bbb1"} 1');
    expect(text).to.contain('ballast_server_health{server="bbb2",state="online"} 1');
    const about = rig.logger.entries.filter(({ message }) => message.includes('webhook'));
    expect(about.map(({ level }) => level)).to.deep.equal(['info']);
    expect(rig.sims[1]?.calls.count('hooks/create')).to.equal(1);
  });
});
