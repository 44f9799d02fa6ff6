import { expect } from 'chai';
import fc from 'fast-check';
import { keptCopy, type MeetingCopy } from '../../src/meetings/split-decision.js';

const copy = (attendees: number, isMapped: boolean, createTime?: number): MeetingCopy => ({
  attendees,
  isMapped,
  createTime,
});

describe('keptCopy', () => {
  const cases: readonly (readonly [title: string, first: MeetingCopy, second: MeetingCopy, kept: 0 | 1])[] = [
    ['keeps the fuller copy', copy(1, true, 1), copy(2, false, 2), 1],
    ['keeps the one joins go to among equals', copy(3, false, 1), copy(3, true, 2), 1],
    ['keeps the older of two that joins do not go to', copy(0, false, 9), copy(0, false, 5), 1],
    ['takes an unknown age for the younger', copy(0, false), copy(0, false, 5), 1],
    ['keeps the first when nothing tells them apart', copy(0, false), copy(0, false), 0],
  ];
  for (const [title, first, second, kept] of cases) {
    it(title, () => {
      expect(keptCopy([first, second])).to.equal(kept);
    });
  }

  it('never ends a copy with people while the other is empty, in whatever order they come', () => {
    const copies = fc.record({
      attendees: fc.nat(3),
      isMapped: fc.boolean(),
      createTime: fc.option(fc.nat(5), { nil: undefined }),
    });
    fc.assert(
      fc.property(copies, copies, (first, second) => {
        const kept = [first, second][keptCopy([first, second])]!;
        const turned = [second, first][keptCopy([second, first])]!;
        expect(kept.attendees).to.equal(Math.max(first.attendees, second.attendees));
        expect(turned).to.deep.equal(kept);
      }),
    );
  });
});
