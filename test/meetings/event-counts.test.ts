import { expect } from 'chai';
import fc from 'fast-check';
import { EventCounts } from '../../src/meetings/event-counts.js';
import { JoinBook } from '../../src/meetings/join-book.js';
import type { Meeting } from '../../src/meetings/meeting.js';
import { claimed } from '../support/claimed-meeting.js';

const SERVER = 'bbb1';

function rig(...meetings: readonly Meeting[]) {
  const known = new Map((meetings.length > 0 ? meetings : [claimed('class')]).map((m) => [m.scopedId, m]));
  const joins = new JoinBook();
  const events = new EventCounts({ directory: { byScopedId: (id) => known.get(id) }, joins });
  const person = (userId: string, at: number, scopedId = 'class') => ({
    serverId: SERVER,
    scopedId,
    userId,
    at,
  });
  return {
    ...{ joins, events },
    send: (at: number, scopedId = 'class') => {
      joins.joined(known.get(scopedId)!, at);
    },
    came: (userId: string, at: number, scopedId?: string) => {
      events.joined(person(userId, at, scopedId));
    },
    went: (userId: string, at: number, scopedId?: string) => {
      events.left(person(userId, at, scopedId));
    },
    poll: (startedAt: number) => {
      joins.polled(SERVER, startedAt);
      events.polled(SERVER, startedAt);
    },
    /** People beyond those of a poll that began at `since`. */
    beyond: (since: number, scopedId = 'class') =>
      joins.countSince(SERVER, scopedId, since) + events.netSince(SERVER, scopedId, since),
  };
}

describe('EventCounts', () => {
  it('counts who came since the poll and takes off who went', () => {
    const { came, went, beyond, events } = rig();
    came('a', 11);
    came('b', 12);
    went('polled', 13);
    expect(beyond(10)).to.equal(1);
    expect(events.netOn(SERVER, 10)).to.equal(1);
    went('polled too', 14);
    went('and another', 15);
    expect(beyond(10)).to.equal(-1);
  });

  it('counts someone sent by a join who then tells of coming once', () => {
    const { send, came, beyond } = rig();
    send(11);
    expect(beyond(10)).to.equal(1);
    came('a', 13);
    expect(beyond(10)).to.equal(1);
    came('by another way', 14);
    expect(beyond(10)).to.equal(2);
  });

  it('does not take the arrival of one sent before the poll for one sent after it', () => {
    const { send, came, poll, beyond } = rig();
    send(9_000);
    poll(10_000);
    send(11_000);
    came('sent before', 12_000);
    expect(beyond(10_000)).to.equal(2);
    came('sent after', 13_000);
    expect(beyond(10_000)).to.equal(2);
  });

  it('waits half a minute for who was sent before a poll and never came', () => {
    const { send, came, poll, beyond } = rig();
    send(9_000);
    poll(10_000);
    poll(40_000);
    send(41_000);
    came('a', 42_000);
    expect(beyond(40_000)).to.equal(1);
  });

  it('heeds neither repeats nor the order of events', () => {
    const facts = fc.array(
      fc.record({
        user: fc.constantFrom('a', 'b', 'c'),
        isLeft: fc.boolean(),
        copies: fc.integer({ min: 1, max: 3 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(facts, fc.infiniteStream(fc.nat()), (told, order) => {
        const all = told.flatMap((fact) => Array.from({ length: fact.copies }, () => fact));
        const shuffled = all.map((fact) => ({ fact, key: Number(order.next().value) }));
        shuffled.sort((x, y) => x.key - y.key);
        const { came, went, beyond } = rig();
        for (const { fact } of shuffled) (fact.isLeft ? went : came)(fact.user, 11);
        const distinct = new Set(told.map(({ user, isLeft }) => `${user} ${String(isLeft)}`));
        const left = [...distinct].filter((fact) => fact.endsWith('true')).length;
        expect(beyond(10)).to.equal(distinct.size - 2 * left);
      }),
    );
  });

  it('is what the poll says after any events, joins and a poll begun later', () => {
    const step = fc.record({
      what: fc.constantFrom('send', 'came', 'went', 'poll'),
      user: fc.constantFrom('a', 'b', 'c', 'd'),
      meeting: fc.constantFrom('class', 'other', 'unknown'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { send, came, went, poll, beyond, events } = rig(claimed('class'), claimed('other'));
        let polledAt = -1;
        for (const [at, { what, user, meeting }] of steps.entries()) {
          if (what === 'poll') poll((polledAt = at));
          else if (what === 'came') came(user, at, meeting);
          else if (what === 'went') went(user, at, meeting);
          else if (meeting !== 'unknown') send(at, meeting);
          if (meeting === 'unknown') expect(beyond(polledAt, meeting)).to.equal(0);
        }
        poll(steps.length);
        for (const each of ['class', 'other']) expect(beyond(steps.length, each)).to.equal(0);
        expect(events.netOn(SERVER, -Infinity)).to.equal(0);
      }),
    );
  });

  it('takes no news of meetings it does not know there, nor news older than the newest poll', () => {
    const { came, poll, beyond, events } = rig(claimed('class'), claimed('moved', { serverId: 'bbb2' }));
    came('a', 11, 'foreign');
    came('b', 11, 'moved');
    poll(20);
    came('c', 19);
    expect([beyond(10, 'foreign'), beyond(10, 'moved'), beyond(10), events.netOn(SERVER, 0)]).to.deep.equal([
      0, 0, 0, 0,
    ]);
  });

  it('stays within four times the people expected and fifty, however many are told of', () => {
    const { came, went, beyond } = rig(claimed('class', { expectedAttendees: 10 }));
    for (let i = 0; i < 10_000; i += 1) came(`in ${i}`, 11);
    expect(beyond(10)).to.equal(90);
    for (let i = 0; i < 10_000; i += 1) went(`out ${i}`, 11);
    expect(beyond(10)).to.equal(0);
  });

  it('tells by the number of changes that forecasts are old, and forgets a server', () => {
    const { came, went, joins, events, beyond } = rig();
    came('a', 11);
    came('a', 11);
    went('b', 12);
    expect(joins.changesOn(SERVER).count).to.equal(2);
    events.forget(SERVER);
    expect(beyond(10)).to.equal(0);
  });
});
