import { expect } from 'chai';
import fc from 'fast-check';
import { reservedPeople } from '../../src/placement/reservations.js';

describe('reservedPeople', () => {
  const ramp = 900_000;

  for (const [title, expected, counted, age, people] of [
    ['counts all who are expected at first', 15, 0, 0, 15],
    ['shrinks as people are counted', 15, 9, 0, 6],
    ['fades linearly over the ramp', 15, 0, 450_000, 7.5],
    ['is nothing after the ramp', 15, 0, 900_000, 0],
    ['is nothing where more came than expected', 15, 40, 0, 0],
    ['counts in full after the clock was set back', 15, 0, -5_000, 15],
  ] as const) {
    it(title, () => {
      const reservation = { expectedAttendees: expected, countedAttendees: counted, ageMs: age };
      expect(reservedPeople([reservation], ramp)).to.equal(people);
    });
  }

  it('is unknown where a number makes no sense', () => {
    expect(reservedPeople([{ expectedAttendees: Number.NaN, countedAttendees: 0, ageMs: 0 }], ramp)).to.equal(
      undefined,
    );
    expect(
      reservedPeople([{ expectedAttendees: 15, countedAttendees: 0, ageMs: Number.NaN }], ramp),
    ).to.equal(undefined);
  });

  it('never grows with age, nor with people counted', () => {
    const nat = fc.nat(2_000_000);
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), nat, fc.nat(10), nat, (expected, counted, age, more, older) => {
        const before = reservedPeople(
          [{ expectedAttendees: expected, countedAttendees: counted, ageMs: age }],
          ramp,
        );
        const after = reservedPeople(
          [{ expectedAttendees: expected, countedAttendees: counted + more, ageMs: age + older }],
          ramp,
        );
        expect(after).to.be.at.most(before ?? -1);
      }),
    );
  });
});
