import { expect } from 'chai';
import { judge, type RunResult } from '../../../src/sim/demo/judge.js';

const ARRIVED = { ends: 3, recordings: 2, analytics: 3, unlisted: [], forged: 0, owed: [], lost: [] };
const GOOD = { creates: 10, failedCreates: 0, joins: 90, failedJoins: 4, ends: 2 };

describe('demo verdict', () => {
  const run = (given: Partial<RunResult> = {}): RunResult => ({
    counts: GOOD,
    splitMeetings: [],
    hasSeenSamples: true,
    callbacks: ARRIVED,
    ...given,
  });

  it('finds nothing wrong with a run whose creates all worked', () => {
    expect(judge(run())).to.deep.equal([]);
  });

  it('names failed creates, split meetings, and runs in which nothing happened', () => {
    expect(judge(run({ counts: { ...GOOD, failedCreates: 2 }, splitMeetings: ['room-1'] }))).to.deep.equal([
      '2 of 10 creates failed',
      'split meetings: room-1',
    ]);
    expect(judge(run({ counts: { ...GOOD, joins: 0 } }))).to.deep.equal(['nobody could join']);
    const nothing = { creates: 0, failedCreates: 0, joins: 0, failedJoins: 0, ends: 0 };
    expect(judge(run({ counts: nothing }))).to.deep.equal(['no meeting was created']);
  });

  it('names a run in which no callback arrived, or one that was wrong, unless it was too short for any', () => {
    const none = {
      ends: 0,
      recordings: 0,
      analytics: 0,
      unlisted: ['abc-1'],
      forged: 2,
      owed: ['x'],
      lost: ['r'],
    };
    expect(judge(run({ callbacks: none }))).to.deep.equal([
      'the front end was told of no end',
      'the front end was told of no recording',
      'recordings announced and not listed: abc-1',
      'ends that the front end was never told: r',
      '2 callbacks were signed wrongly',
    ]);
    expect(judge(run({ callbacks: undefined }))).to.deep.equal([]);
  });

  it('names a run without samples: they took a way that leads nowhere', () => {
    expect(judge(run({ hasSeenSamples: false }))).to.deep.equal(['no sample ever reached Ballast']);
  });
});
