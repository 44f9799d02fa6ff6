import { expect } from 'chai';
import fc from 'fast-check';
import { JoinBook } from '../../src/meetings/join-book.js';
import type { Meeting } from '../../src/meetings/meeting.js';
import { claimed } from '../support/claimed-meeting.js';

const meeting = claimed('class', { expectedAttendees: 10 });

function sent(book: JoinBook, to: Meeting, ...times: readonly number[]): void {
  for (const at of times) book.joined(to, at);
}

describe('JoinBook', () => {
  it('counts the joins sent after the newest poll began', () => {
    const book = new JoinBook();
    sent(book, meeting, 1, 2, 3, 4);
    expect(book.countSince('bbb1', 'class', 2)).to.equal(2);
    expect(book.countSince('bbb1', 'class', 4)).to.equal(0);
    expect(book.countSince('bbb1', 'class', -Infinity)).to.equal(4);
    expect(book.countSince('bbb2', 'class', 0)).to.equal(0);
    expect(book.countSince('bbb1', 'other', 0)).to.equal(0);
  });

  it('forgets with a poll what was sent before it, and keeps what was sent while it was under way', () => {
    const book = new JoinBook();
    sent(book, meeting, 1, 2, 9);
    book.polled('bbb1', 5);
    expect(book.countSince('bbb1', 'class', -Infinity)).to.equal(1);
    book.polled('bbb1', 9);
    expect(book.countSince('bbb1', 'class', -Infinity)).to.equal(0);
  });

  it('counts no more than four times the people expected and fifty, however often a link is opened', () => {
    const book = new JoinBook();
    for (let i = 0; i < 10_000; i += 1) book.joined(meeting, i);
    expect(book.countSince('bbb1', 'class', -1)).to.equal(4 * 10 + 50);
  });

  it('tells by a number that joins were sent to a server, and forgets a server', () => {
    const book = new JoinBook();
    expect(book.changesOn('bbb1').count).to.equal(0);
    sent(book, meeting, 1);
    sent(book, claimed('other'), 2);
    expect(book.changesOn('bbb1').count).to.equal(2);
    expect(book.changesOn('bbb2').count).to.equal(0);
    book.forget('bbb1');
    expect(book.countSince('bbb1', 'class', 0)).to.equal(0);
  });

  it('agrees with counting them all, for any order of joins and polls', () => {
    const step = fc.record({ isPoll: fc.boolean(), back: fc.nat(3), name: fc.constantFrom('a', 'b') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const book = new JoinBook();
        const all: { readonly name: string; readonly at: number }[] = [];
        let polledAt = -1;
        for (const [at, { isPoll, back, name }] of steps.entries()) {
          if (isPoll) book.polled('bbb1', (polledAt = Math.max(polledAt, at - back)));
          else {
            book.joined(claimed(name), at);
            all.push({ name, at });
          }
          for (const each of ['a', 'b']) {
            const unseen = all.filter((join) => join.name === each && join.at > polledAt).length;
            expect(book.countSince('bbb1', each, polledAt)).to.equal(unseen);
          }
        }
      }),
    );
  });
});
