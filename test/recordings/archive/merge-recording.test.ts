import { expect } from 'chai';
import { changedMetadata } from '../../../src/recordings/archive/merge-recording.js';

describe('changedMetadata', () => {
  const cases: readonly (readonly [string, Record<string, string>, Record<string, string>])[] = [
    ['adds a key', { course: 'Maths' }, { meetingId: 'a', course: 'Maths' }],
    ['keeps the spelling that is there', { meetingid: 'b' }, { meetingId: 'b' }],
    ['takes away what is given empty, in its own spelling', { meetingid: '' }, {}],
    ['leaves out what is no name of an element', { 'a b': '1', '1x': '2' }, { meetingId: 'a' }],
    ['changes nothing without changes', {}, { meetingId: 'a' }],
  ];
  for (const [what, changes, expected] of cases) {
    it(what, () => {
      const metadata = { meetingId: 'a' };
      expect(changedMetadata(metadata, new Map(Object.entries(changes)))).to.deep.equal(expected);
      expect(metadata).to.deep.equal({ meetingId: 'a' });
    });
  }
});
