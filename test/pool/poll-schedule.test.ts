import { expect } from 'chai';
import { PollSchedule } from '../../src/pool/poll-schedule.js';
import { ManualClock, settle } from '../support/manual-clock.js';

interface Poll {
  readonly serverId: string;
  readonly at: number;
  end(delayMs: number): void;
}

function setUp(concurrency: number, suspects: readonly string[] = []) {
  const clock = new ManualClock(0);
  const polls: Poll[] = [];
  const underWay = new Set<Poll>();
  let most = 0;
  const schedule = new PollSchedule({
    concurrency,
    now: clock.now,
    setTimer: clock.setTimer,
    isSuspect: (serverId) => suspects.includes(serverId),
    run: (serverId) =>
      new Promise((resolve) => {
        const twin = [...underWay].find((poll) => poll.serverId === serverId);
        expect(twin, `two polls of ${serverId} at once`).to.equal(undefined);
        const poll: Poll = {
          serverId,
          at: clock.now(),
          end(delayMs) {
            underWay.delete(poll);
            resolve(delayMs);
          },
        };
        polls.push(poll);
        underWay.add(poll);
        most = Math.max(most, underWay.size);
      }),
  });
  return { clock, polls, schedule, most: () => most, ids: () => polls.map(({ serverId }) => serverId) };
}

describe('PollSchedule', () => {
  it('polls again when the delay has passed since the end of the last poll', async () => {
    const { clock, polls, schedule } = setUp(4);
    schedule.add('bbb1', 100);
    await clock.advance(99);
    expect(polls).to.have.length(0);
    await clock.advance(1);
    await clock.advance(5000);
    expect(polls).to.have.length(1);
    polls[0]!.end(1000);
    await clock.advance(999);
    expect(polls).to.have.length(1);
    await clock.advance(1);
    expect(polls.map(({ at }) => at)).to.deep.equal([100, 6100]);
  });

  it('never has more polls under way than allowed, and serves those who wait in their order', async () => {
    const { clock, polls, schedule, ids, most } = setUp(2);
    for (const id of ['a', 'b', 'c', 'd', 'e']) schedule.add(id, 0);
    await clock.advance(0);
    expect(ids()).to.deep.equal(['a', 'b']);
    for (let next = 0; next < 5; next += 1) {
      polls[next]!.end(10_000);
      await settle();
    }
    expect(ids()).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    expect(most()).to.equal(2);
  });

  it('keeps half of the places free of suspects', async () => {
    const dead = ['d1', 'd2', 'd3', 'd4'];
    const { clock, polls, schedule, ids } = setUp(4, dead);
    for (const id of [...dead, 'a', 'b', 'c']) schedule.add(id, 0);
    await clock.advance(0);
    expect(ids()).to.deep.equal(['d1', 'd2', 'a', 'b']);
    polls[2]!.end(10_000);
    await settle();
    expect(ids()).to.deep.equal(['d1', 'd2', 'a', 'b', 'c']);
    polls[0]!.end(10_000);
    await settle();
    expect(ids().at(-1)).to.equal('d3');
  });

  it('brings a waiting poll forward, never back', async () => {
    const { clock, polls, schedule } = setUp(2);
    schedule.add('bbb1', 8000);
    schedule.bringForward('bbb1', 1000);
    schedule.bringForward('bbb1', 5000);
    await clock.advance(1000);
    expect(polls).to.have.length(1);
  });

  it('follows a poll under way soon when asked meanwhile', async () => {
    const { clock, polls, schedule } = setUp(2);
    schedule.add('bbb1', 0);
    await clock.advance(0);
    schedule.bringForward('bbb1', 1000);
    polls[0]!.end(10_000);
    await clock.advance(1000);
    expect(polls).to.have.length(2);
    polls[1]!.end(10_000);
    await clock.advance(9999);
    expect(polls).to.have.length(2);
  });

  it('starts a wanted poll at once beyond the places, and joins the one under way', async () => {
    const { clock, polls, schedule, ids } = setUp(1);
    schedule.add('a', 0);
    schedule.add('b', 5000);
    await clock.advance(0);
    const first = schedule.runNow('b');
    const second = schedule.runNow('b');
    expect(first).to.be.instanceOf(Promise);
    expect(second).to.equal(first);
    expect(ids()).to.deep.equal(['a', 'b']);
    polls[1]!.end(3000);
    await first;
    expect(schedule.runNow('nobody')).to.equal(undefined);
    polls[0]!.end(60_000);
    await clock.advance(3000);
    expect(ids()).to.deep.equal(['a', 'b', 'b']);
  });

  it('plans nothing more for a removed server, and a new poll for one added again', async () => {
    const { clock, polls, schedule, ids } = setUp(1);
    schedule.add('a', 0);
    schedule.add('b', 0);
    await clock.advance(0);
    schedule.remove('a');
    schedule.remove('b');
    polls[0]!.end(10);
    await clock.advance(60_000);
    expect(ids()).to.deep.equal(['a']);
    schedule.add('b', 0);
    await clock.advance(0);
    expect(ids()).to.deep.equal(['a', 'b']);
  });

  it('stops once the polls under way have ended, and leaves no timer', async () => {
    const { clock, polls, schedule } = setUp(1);
    for (const id of ['a', 'b', 'c']) schedule.add(id, 0);
    schedule.add('late', 5000);
    await clock.advance(0);
    let isStopped = false;
    const stopped = schedule.stop().then(() => {
      isStopped = true;
    });
    await settle();
    expect(isStopped).to.equal(false);
    polls[0]!.end(10);
    await stopped;
    schedule.add('d', 0);
    await clock.advance(60_000);
    expect(polls).to.have.length(1);
    expect(clock.pending).to.equal(0);
  });
});
