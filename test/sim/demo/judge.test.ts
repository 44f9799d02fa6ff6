import { expect } from 'chai';
import { judge } from '../../../src/sim/demo/judge.js';

const GOOD = { creates: 10, failedCreates: 0, joins: 90, failedJoins: 4, ends: 2 };

describe('demo verdict', () => {
  it('finds nothing wrong with a run whose creates all worked', () => {
    expect(judge(GOOD, [])).to.deep.equal([]);
  });

  it('names failed creates, split meetings, and runs in which nothing happened', () => {
    expect(judge({ ...GOOD, failedCreates: 2 }, ['room-1'])).to.deep.equal([
      '2 of 10 creates failed',
      'split meetings: room-1',
    ]);
    expect(judge({ ...GOOD, joins: 0 }, [])).to.deep.equal(['nobody could join']);
    expect(judge({ creates: 0, failedCreates: 0, joins: 0, failedJoins: 0, ends: 0 }, [])).to.deep.equal([
      'no meeting was created',
    ]);
  });
});
