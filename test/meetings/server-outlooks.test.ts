import { expect } from 'chai';
import { MeetingDirectory } from '../../src/meetings/meeting-directory.js';
import type { CannedMeeting } from '../support/poll-xml.js';
import { claimed } from '../support/claimed-meeting.js';
import { learningRig } from '../support/learning-rig.js';
import { MemoryMeetingStore } from '../support/memory-meeting-store.js';
import { poolRig } from '../support/pool-rig.js';

const MINUTE_MS = 60_000;

/** A server whose polls show `meetings`, ten seconds ago. */
async function polledServer(meetings: readonly CannedMeeting[] = []) {
  const { pool, clock, client } = await poolRig(['bbb1']);
  const directory = await MeetingDirectory.load(new MemoryMeetingStore(), clock.now);
  const learning = learningRig(directory, clock.now);
  const shows = async (shown: readonly CannedMeeting[]): Promise<void> => {
    client.behave('bbb1', { kind: 'meetings', meetings: shown });
    await clock.advance(10_000);
  };
  pool.start();
  await shows(meetings);
  return {
    ...{ clock, directory, learning, pool, shows },
    outlook: () => learning.outlooks.of(pool.server('bbb1')!, clock.now()),
    /** People expected five minutes from now. */
    soon: () => learning.outlooks.of(pool.server('bbb1')!, clock.now()).outlook.people[0]!,
  };
}

describe('ServerOutlooks', () => {
  it('sees nobody on a server that was not polled and has no claims', async () => {
    const { outlook } = await polledServer();
    expect(outlook().outlook).to.deep.equal({
      reserved: 0,
      youngMeetings: 0,
      newMeetings: 0,
      people: [0, 0, 0, 0, 0],
    });
    expect(outlook().unseenMeetings).to.equal(0);
  });

  it('counts claims that no poll shows, and not those that are to end', async () => {
    const { clock, directory, outlook } = await polledServer();
    await directory.claim(claimed('class', { claimedAt: clock.now() }));
    await directory.claim(claimed('over', { claimedAt: clock.now(), endRequestedAt: clock.now() }));
    expect(outlook().unseenMeetings).to.equal(1);
    expect(outlook().outlook.reserved).to.equal(15);
  });

  it('counts people whom Ballast did not send there, as in meetings of usual length', async () => {
    const { outlook, soon } = await polledServer([{ meetingId: 'foreign', attendees: 30 }]);
    expect(outlook().outlook).to.include({ reserved: 0, youngMeetings: 0 });
    expect(soon()).to.be.within(15, 30);
  });

  it('counts people in breakout rooms once, where they are', async () => {
    const rooms = (main: number): readonly CannedMeeting[] => [
      { meetingId: 'class', attendees: main },
      ...['a', 'b'].map((name) => ({
        meetingId: `class-${name}`,
        isBreakout: true,
        parentMeetingId: 'class-internal',
        attendees: 10,
      })),
    ];
    const both = await polledServer(rooms(22));
    await both.directory.claim(claimed('class', { claimedAt: both.clock.now() - 20 * MINUTE_MS }));
    const alone = await polledServer([{ meetingId: 'class', attendees: 22 }]);
    await alone.directory.claim(claimed('class', { claimedAt: alone.clock.now() - 20 * MINUTE_MS }));
    expect(both.soon()).to.be.closeTo(alone.soon(), 0.01);
    // Those who have left the main room are in the breakout rooms all the same.
    await both.shows(rooms(2));
    expect(both.soon()).to.be.within(alone.soon() * 0.85, alone.soon() * 1.15);
  });

  it('counts people by what they send', async () => {
    const silent = await polledServer([{ meetingId: 'foreign', attendees: 30 }]);
    const talking = await polledServer([{ meetingId: 'foreign', attendees: 30, voice: 30 }]);
    const shown = await polledServer([{ meetingId: 'foreign', attendees: 30, voice: 30, video: 12 }]);
    expect(talking.soon()).to.be.greaterThan(1.2 * silent.soon());
    expect(shown.soon()).to.be.greaterThan(1.1 * talking.soon());
  });

  it('counts breakout rooms whose parent is not there on their own', async () => {
    const { soon } = await polledServer([
      { meetingId: 'lost', isBreakout: true, parentMeetingId: 'nowhere', attendees: 12 },
    ]);
    expect(soon()).to.be.within(6, 12);
  });

  it('goes on counting the people of a meeting that never ends', async () => {
    for (const days of [1, 30, 400]) {
      const { clock, directory, soon } = await polledServer([{ meetingId: 'class', attendees: 20 }]);
      await directory.claim(claimed('class', { claimedAt: clock.now() - days * 24 * 60 * MINUTE_MS }));
      expect(soon(), `after ${days} days`).to.be.within(10, 20);
    }
  });

  it('expects a room to end when its sessions have', async () => {
    const { clock, directory, learning, outlook } = await polledServer([
      { meetingId: 'short', attendees: 20 },
    ]);
    for (let i = 0; i < 5; i += 1) {
      const startedAt = clock.now() - (i + 1) * 24 * 60 * MINUTE_MS;
      learning.habits.learn({
        tenantId: 'default',
        meetingId: 'short',
        startedAt,
        endedAt: startedAt + 20 * MINUTE_MS,
        maxAttendees: 20,
      });
    }
    await directory.claim(claimed('short', { claimedAt: clock.now() - 10 * MINUTE_MS }));
    const { people } = outlook().outlook;
    expect(people[0]).to.be.greaterThan(5);
    expect(people[3]).to.be.lessThan(3);
  });

  it('is the same value until a poll, a claim, a join or some seconds change it', async () => {
    const { clock, directory, learning, outlook, shows } = await polledServer();
    const claim = claimed('class', { claimedAt: clock.now() });
    await directory.claim(claim);
    const first = outlook();
    await clock.advance(4_000);
    expect(outlook()).to.equal(first);
    learning.joins.joined(claim, clock.now());
    expect(outlook(), 'one join says little').to.equal(first);
    await clock.advance(1_500);
    const joined = outlook();
    expect(joined).to.not.equal(first);
    expect(joined.outlook.reserved).to.be.within(13.8, 14);
    await directory.claim(claimed('another', { claimedAt: clock.now() }));
    const claimedTwice = outlook();
    expect(claimedTwice.outlook.youngMeetings).to.equal(2);
    await shows([]);
    expect(outlook()).to.not.equal(claimedTwice);
  });

  it('counts who came and went since the poll, as the server tells, and never fewer than nobody', async () => {
    const { clock, directory, learning, outlook, shows } = await polledServer([
      { meetingId: 'class', attendees: 20 },
    ]);
    await directory.claim(claimed('class', { claimedAt: clock.now() - 60 * MINUTE_MS }));
    const before = outlook();
    const tell = async (what: 'joined' | 'left', people: number): Promise<void> => {
      await clock.advance(1);
      for (let i = 0; i < people; i += 1) {
        const person = { serverId: 'bbb1', scopedId: 'class', userId: `${what} ${i}`, at: clock.now() };
        learning.events[what](person);
      }
      // Kept for some seconds, whoever comes: as if they had passed.
      learning.outlooks.forget('bbb1');
    };
    await tell('joined', 10);
    expect(outlook().unseenAttendees).to.equal(10);
    expect(outlook().outlook.people[0]! / before.outlook.people[0]!).to.be.within(1.45, 1.5);
    await shows([{ meetingId: 'class', attendees: 20 }]);
    learning.events.polled('bbb1', clock.now());
    expect(outlook().unseenAttendees).to.equal(0);
    await tell('left', 30);
    expect(outlook().outlook.people[0]).to.equal(0);
  });

  it('is made anew after a while without polls, and when the clock is set back', async () => {
    const { clock, learning, pool, outlook } = await polledServer();
    const first = outlook();
    const server = pool.server('bbb1')!;
    expect(learning.outlooks.of(server, clock.now() + 14_000)).to.equal(first);
    expect(learning.outlooks.of(server, clock.now() + 16_000)).to.not.equal(first);
    const second = outlook();
    expect(learning.outlooks.of(server, clock.now() - 1)).to.not.equal(second);
    learning.outlooks.forget('bbb1');
    expect(outlook()).to.not.equal(second);
  });
});
