import { expect } from 'chai';
import { OldestPending } from '../../src/callbacks/oldest-pending.js';
import { settle } from '../support/manual-clock.js';

describe('the oldest pending callback', () => {
  let waiting: { resolve: (at: number | undefined) => void; reject: (error: Error) => void }[];
  const read = (): Promise<number | undefined> =>
    new Promise((resolve, reject) => waiting.push({ resolve, reject }));

  beforeEach(() => {
    waiting = [];
  });

  it('is read again when it has left, and not for a younger one', async () => {
    const oldest = new OldestPending(read, 100);
    oldest.added();
    oldest.left(101);
    expect(waiting).to.have.lengthOf(0);
    oldest.left(100);
    waiting[0]?.resolve(150);
    await settle();
    expect(oldest.at).to.equal(150);
  });

  it('is read when the first one is added', async () => {
    const oldest = new OldestPending(read, undefined);
    oldest.added();
    waiting[0]?.resolve(7);
    await settle();
    expect(oldest.at).to.equal(7);
  });

  it('is read once more for all that changed while it was read', async () => {
    const oldest = new OldestPending(read, 100);
    for (let count = 0; count < 9; count += 1) oldest.left(100);
    expect(waiting).to.have.lengthOf(1);
    waiting[0]?.resolve(100);
    await settle();
    expect(waiting).to.have.lengthOf(2);
    waiting[1]?.resolve(undefined);
    await settle();
    expect([waiting.length, oldest.at]).to.deep.equal([2, undefined]);
  });

  it('is unknown while the store fails, and found by the next read', async () => {
    const oldest = new OldestPending(read, 100);
    oldest.left(100);
    waiting[0]?.reject(new Error('disk full'));
    await settle();
    expect(oldest.at).to.equal(undefined);
    oldest.added();
    waiting[1]?.resolve(9);
    await settle();
    expect(oldest.at).to.equal(9);
  });
});
