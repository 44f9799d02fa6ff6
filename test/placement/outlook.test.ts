import { expect } from 'chai';
import fc from 'fast-check';
import {
  forecastMeeting,
  horizonsMs,
  outlookOf,
  persistenceAt,
  type OngoingMeeting,
} from '../../src/placement/outlook.js';
import { ongoing } from '../support/candidates.js';

const RAMP = 900_000;

const meeting: fc.Arbitrary<OngoingMeeting> = fc.record({
  expectedAttendees: fc.nat(500),
  countedAttendees: fc.nat(500),
  ageMs: fc.integer({ min: -60_000, max: 8 * 3_600_000 }),
  durationsMs: fc.array(fc.integer({ min: 60_000, max: 6 * 3_600_000 }), { maxLength: 8 }),
  personWeight: fc.double({ min: 0.2, max: 5, noNaN: true }),
});

function reserved(values: Partial<OngoingMeeting>): number | undefined {
  return outlookOf([ongoing(values)], RAMP).reserved;
}

describe('what is reserved for young meetings', () => {
  for (const [title, expectedAttendees, countedAttendees, ageMs, people] of [
    ['counts all who are expected at first', 15, 0, 0, 15],
    ['shrinks as people are counted', 15, 9, 0, 6],
    ['fades linearly over the ramp', 15, 0, 450_000, 7.5],
    ['is nothing after the ramp', 15, 0, 900_000, 0],
    ['is nothing where more came than expected', 15, 40, 0, 0],
    ['counts in full after the clock was set back', 15, 0, -5_000, 15],
  ] as const) {
    it(title, () => {
      expect(reserved({ expectedAttendees, countedAttendees, ageMs })).to.equal(people);
    });
  }

  it('is unknown where a number makes no sense', () => {
    for (const odd of [Number.NaN, -1, 1e300, Infinity]) {
      expect(reserved({ expectedAttendees: odd })).to.equal(undefined);
      expect(reserved({ countedAttendees: odd })).to.equal(undefined);
    }
    expect(reserved({ ageMs: Number.NaN })).to.equal(undefined);
  });

  it('shrinks only as people are counted and as time passes', () => {
    fc.assert(
      fc.property(meeting, fc.nat(10), fc.nat(RAMP), (young, more, older) => {
        const before = reserved(young) ?? -1;
        const counted = { ...young, countedAttendees: young.countedAttendees + more };
        expect(reserved(counted)).to.be.within(Math.max(0, before - more), before);
        expect(reserved({ ...young, ageMs: young.ageMs + older })).to.be.at.most(before);
        expect(reserved({ ...young, durationsMs: [] })).to.equal(before);
      }),
    );
  });

  it('sums over the meetings, and counts those whose people have not all come as young', () => {
    const outlook = outlookOf(
      [
        ongoing(),
        ongoing({ countedAttendees: 10 }),
        ongoing({ countedAttendees: 20 }),
        ongoing({ ageMs: RAMP }),
      ],
      RAMP,
    );
    expect(outlook.reserved).to.equal(20);
    expect(outlook.youngMeetings).to.equal(2);
    expect(outlook.newMeetings).to.equal(3);
    expect(outlookOf([], RAMP)).to.deep.equal({
      reserved: 0,
      youngMeetings: 0,
      newMeetings: 0,
      people: horizonsMs(RAMP).map(() => 0),
    });
  });
});

describe('the forecast of people', () => {
  it('is never negative and never more than those counted and those missing', () => {
    fc.assert(
      fc.property(fc.array(meeting, { maxLength: 5 }), (meetings) => {
        const most = meetings.reduce(
          (sum, { expectedAttendees, countedAttendees, personWeight }) =>
            sum + personWeight * Math.max(expectedAttendees, countedAttendees),
          0,
        );
        const { people } = outlookOf(meetings, RAMP);
        expect(people).to.have.length(horizonsMs(RAMP).length);
        for (const count of people) expect(count).to.be.within(0, most + 1e-9);
      }),
    );
  });

  it('is the sum of the forecasts of its meetings', () => {
    const meetings = [
      ongoing(),
      ongoing({ countedAttendees: 30, ageMs: 2_000_000, durationsMs: [3_600_000] }),
    ];
    const each = meetings.map((one) => forecastMeeting(one, RAMP));
    expect(outlookOf(meetings, RAMP).people).to.deep.equal(
      horizonsMs(RAMP).map((_, i) => (each[0]?.[i] ?? 0) + (each[1]?.[i] ?? 0)),
    );
  });

  it('sees most of the people of a new meeting at the first horizon', () => {
    const [first = 0] = forecastMeeting(ongoing({ expectedAttendees: 100, durationsMs: [3_600_000] }), RAMP);
    expect(first).to.be.within(70, 100);
  });

  it('sees people leave when sessions of the room usually end', () => {
    const ending = ongoing({ countedAttendees: 100, ageMs: 40 * 60_000, durationsMs: [45 * 60_000] });
    const going = { ...ending, durationsMs: [90 * 60_000] };
    const last = horizonsMs(RAMP).length - 1;
    expect(forecastMeeting(ending, RAMP)[last]).to.be.below(20);
    expect(forecastMeeting(going, RAMP)[last]).to.be.above(50);
  });

  it('loses people only, once the ramp is over', () => {
    fc.assert(
      fc.property(meeting, (one) => {
        const people = forecastMeeting({ ...one, ageMs: RAMP + Math.abs(one.ageMs) }, RAMP);
        for (const [i, count] of people.entries()) {
          expect(count).to.be.at.most((people[i - 1] ?? one.countedAttendees * one.personWeight) + 1e-9);
        }
      }),
    );
  });
});

describe('what is so now', () => {
  it('is less so at each later horizon', () => {
    const parts = horizonsMs(RAMP).map((_, i) => persistenceAt(i));
    expect(parts).to.deep.equal([...parts].sort((a, b) => b - a));
    for (const part of parts) expect(part).to.be.within(0.01, 1);
    expect(persistenceAt(parts.length)).to.equal(0);
  });
});
