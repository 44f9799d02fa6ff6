import { expect } from 'chai';
import fc from 'fast-check';
import { RoomHabits, type PastSession } from '../../../src/placement/learning/room-habits.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NINE = Date.UTC(2026, 0, 5, 9);

function session(meetingId: string, maxAttendees: number, values: Partial<PastSession> = {}): PastSession {
  const startedAt = values.startedAt ?? NINE;
  return {
    tenantId: 'school',
    meetingId,
    startedAt,
    endedAt: startedAt + 45 * MINUTE,
    maxAttendees,
    ...values,
  };
}

function habits(...sessions: PastSession[]): RoomHabits {
  const rooms = new RoomHabits({ defaultAttendees: 15, defaultDurationMs: HOUR });
  for (const one of sessions) rooms.learn(one);
  return rooms;
}

const question = { tenantId: 'school', meetingId: 'maths', at: NINE };

describe('RoomHabits', () => {
  it('assumes the default where nothing is known', () => {
    expect(habits().expect(question)).to.deep.equal({
      attendees: 15,
      durationsMs: [HOUR],
      basis: 'default',
      sessions: 0,
    });
  });

  it('goes by the past sessions of the room itself', () => {
    const sessions = [28, 30, 32, 30].map((people) => session('maths', people));
    const { attendees, durationsMs, basis, sessions: count } = habits(...sessions).expect(question);
    expect(attendees).to.be.within(25, 31);
    expect(durationsMs).to.deep.equal([45 * MINUTE, 45 * MINUTE, 45 * MINUTE, 45 * MINUTE]);
    expect([basis, count]).to.deep.equal(['room', 4]);
  });

  it('changes nothing of what it has answered', () => {
    const rooms = habits(session('maths', 30));
    const answer = rooms.expect(question);
    const then = structuredClone(answer);
    rooms.learn(session('maths', 90, { startedAt: NINE, endedAt: NINE + 3 * HOUR }));
    expect(answer).to.deep.equal(then);
  });

  it('goes by the last sessions when habits change', () => {
    const before = Array.from({ length: 30 }, () => session('maths', 100));
    const after = Array.from({ length: 8 }, () => session('maths', 10));
    expect(habits(...before, ...after).expect(question).attendees).to.be.below(20);
  });

  it('asks the other rooms of the tenant at this hour, else at any hour', () => {
    const morning = [6, 7, 8, 9, 10].map((people, i) => session(`m${i}`, people));
    const evening = [60, 70, 80, 90, 100].map((people, i) =>
      session(`e${i}`, people, { startedAt: NINE + 10 * HOUR, endedAt: NINE + 11.5 * HOUR }),
    );
    const rooms = habits(...morning, ...evening);
    expect(rooms.expect(question)).to.include({ attendees: 8, basis: 'tenant', sessions: 5 });
    const late = rooms.expect({ ...question, at: NINE + 10 * HOUR });
    expect(late.attendees).to.equal(80);
    expect(late.durationsMs).to.deep.equal(Array.from({ length: 5 }, () => 90 * MINUTE));
    expect(rooms.expect({ ...question, at: NINE + 4 * HOUR }).sessions).to.equal(10);
  });

  it('never mixes tenants', () => {
    const rooms = habits(...[1, 2, 3, 4, 5].map((i) => session('maths', 200, { tenantId: `other${i}` })));
    expect(rooms.expect(question).basis).to.equal('default');
  });

  it('takes a hint for rooms it does not know, and as a bound for those it does', () => {
    expect(habits().expect({ ...question, sizeHint: 120 })).to.include({ attendees: 120, basis: 'hint' });
    expect(habits().expect({ ...question, sizeHint: 120, maxAttendees: 50 }).attendees).to.equal(50);
    const known = habits(...[40, 40, 40, 40].map((people) => session('maths', people)));
    expect(known.expect({ ...question, sizeHint: 12 }).attendees).to.equal(12);
    expect(known.expect({ ...question, sizeHint: 120 }).attendees).to.be.below(45);
  });

  it('learns nothing from sessions without people or with times that make no sense', () => {
    const odd = [
      session('maths', 0),
      session('maths', Number.NaN),
      session('maths', 20, { endedAt: NINE - 1 }),
      session('maths', 20, { endedAt: NINE + 100 * HOUR }),
    ];
    expect(habits(...odd).roomCount).to.equal(0);
  });

  it('forgets the rooms that met longest ago beyond its bound', () => {
    const rooms = new RoomHabits({ defaultAttendees: 15, defaultDurationMs: HOUR, maxRooms: 2 });
    for (const id of ['a', 'b', 'a', 'c']) rooms.learn(session(id, 30));
    expect(rooms.roomCount).to.equal(2);
    expect(rooms.expect({ ...question, meetingId: 'b' }).basis).to.not.equal('room');
    expect(rooms.expect({ ...question, meetingId: 'a' }).basis).to.equal('room');
  });

  it('expects no more than the largest it has seen, nor less than nobody', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sizes, (people) => {
        const { attendees } = habits(...people.map((count) => session('maths', count))).expect(question);
        expect(attendees).to.be.within(Math.min(15, ...people), Math.max(15, ...people));
      }),
    );
  });
});
