import { expect } from 'chai';
import { callbackRow } from '../../src/callbacks/callback-row.js';
import { newCallback } from '../support/callback-rig.js';

describe('a new callback as a row', () => {
  const digestOf = (given: Parameters<typeof newCallback>[0]): string =>
    callbackRow(newCallback(given), 'id', 1).digest;

  it('has one digest for what is said to the same target, and another for anything else', () => {
    const target = 'https://front.example/end';
    const same = digestOf({ key: 'a', target });
    expect(digestOf({ key: 'b', target, dueAt: 99, meetingId: 'other' })).to.equal(same);
    expect(digestOf({ key: 'a', target: `${target}?` })).not.to.equal(same);
    expect(digestOf({ key: 'a', target, content: { form: 'analytics', body: '' } })).not.to.equal(same);
  });

  it('is tried for a day, an event for ten minutes', () => {
    expect(callbackRow(newCallback({ key: 'a' }), 'id', 1_000)).to.deep.include({
      ...{ id: 'id', createdAt: 1_000, expiresAt: 86_401_000 },
    });
    expect(callbackRow(newCallback({ key: 'a', kind: 'hook' }), 'id', 1_000).expiresAt).to.equal(601_000);
  });
});
