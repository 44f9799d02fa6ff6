import { expect } from 'chai';
import { RecordedLessons } from '../../../src/sim/demo/recorded-lessons.js';
import { LessonFrontEnd } from '../../support/lesson-front-end.js';

const NEVER = 1_000_000;

describe('recorded lessons of the demo', () => {
  let frontEnd: LessonFrontEnd;
  let lessons: RecordedLessons;
  let said: string[];
  let now: number;

  beforeEach(() => {
    frontEnd = new LessonFrontEnd();
    said = [];
    now = 0;
    const receiver = { createParameters: {} };
    lessons = new RecordedLessons({ frontEnd, receiver, say: (text) => said.push(text), everyMs: NEVER });
  });

  async function playUntil(ms: number): Promise<void> {
    for (; now <= ms; now += 100) {
      lessons.advance(now);
      await lessons.stop();
    }
  }

  function tellEnd(meetingId: string): void {
    const nothing = { target: '', body: '', recordId: undefined, at: 0 };
    lessons.received({ kind: 'end', isGenuine: true, meetingId, ...nothing });
  }

  it('owe nothing once each end was told', async () => {
    await playUntil(5_000);
    expect(lessons.countsAt(now).owed).to.deep.equal(['recorded-1: it was ended and not told yet']);
    tellEnd('recorded-1');
    expect(lessons.countsAt(now)).to.deep.include({ ends: 1, owed: [], lost: [] });
  });

  it('go on where the server does not answer, which is said, and are ended as soon as it can be', async () => {
    frontEnd.refusals = 3;
    await playUntil(5_000);
    expect(said).to.deep.equal(['recorded-1 could not be ended and goes on: The server does not answer.']);
    expect(lessons.countsAt(now).owed).to.deep.equal([
      'recorded-1: it could not be ended and goes on (The server does not answer.)',
    ]);
    await playUntil(40_000);
    expect(frontEnd.ends).to.deep.equal(['recorded-1', 'recorded-1', 'recorded-1', 'recorded-1']);
    expect(lessons.countsAt(11_000).lost).to.deep.equal([]);
  });

  it('are not ended again once their end was told all the same', async () => {
    frontEnd.refusals = NEVER;
    await playUntil(5_000);
    tellEnd('recorded-1');
    const before = frontEnd.ends.length;
    await playUntil(20_000);
    expect(frontEnd.ends).to.have.length(before);
    expect(lessons.countsAt(now).owed).to.deep.equal([]);
  });

  it('count an end as lost that nobody told within half a minute', async () => {
    await playUntil(30_000);
    expect(lessons.countsAt(now).lost).to.deep.equal([]);
    await playUntil(40_000);
    expect(lessons.countsAt(now).lost).to.deep.equal(['recorded-1']);
    tellEnd('recorded-1');
    expect(lessons.countsAt(now).lost).to.deep.equal([]);
  });
});
