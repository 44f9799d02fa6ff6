import { expect } from 'chai';
import { OneAtATime } from '../../src/pool/one-at-a-time.js';
import { settle } from '../support/manual-clock.js';

describe('OneAtATime', () => {
  it('begins a task once the one before has ended, and gives each its own result', async () => {
    const turns = new OneAtATime();
    const seen: string[] = [];
    let finish: (value: number) => void = () => undefined;
    const first = turns.run(() => {
      seen.push('first');
      return new Promise<number>((resolve) => {
        finish = resolve;
      });
    });
    const second = turns.run(async () => seen.push('second'));
    await settle();
    expect(seen).to.deep.equal(['first']);
    finish(7);
    expect(await first).to.equal(7);
    expect(await second).to.equal(2);
  });

  it('goes on behind a task that fails, and waits for all that were begun', async () => {
    const turns = new OneAtATime();
    const seen: string[] = [];
    const failing = turns.run(() => Promise.reject(new Error('disk full')));
    const failure = failing.catch((error: unknown) => error);
    void turns.run(async () => {
      await settle();
      seen.push('behind');
    });
    await turns.settled();
    expect(seen).to.deep.equal(['behind']);
    expect(await failure).to.include({ message: 'disk full' });
  });
});
