import { expect } from 'chai';
import { ImportQueue } from '../../../src/recordings/archive/import-queue.js';

describe('ImportQueue', () => {
  let now: number;
  let tried: string[];
  let queue: ImportQueue;
  /** What each attempt does; over by default. */
  let attempt: (id: string) => Promise<boolean>;

  beforeEach(() => {
    now = 0;
    tried = [];
    attempt = () => Promise.resolve(true);
    queue = new ImportQueue({
      attempt: (id) => {
        tried.push(id);
        return attempt(id);
      },
      now: () => now,
    });
  });

  afterEach(() => queue.stop());

  it('tries one after the other, in their order', async () => {
    let atOnce = 0;
    attempt = async () => {
      expect(++atOnce).to.equal(1);
      await Promise.resolve();
      atOnce--;
      return true;
    };
    for (const id of ['a', 'b', 'c']) queue.add(id);
    expect(queue.size).to.equal(3);
    await queue.settled();
    expect(tried).to.deep.equal(['a', 'b', 'c']);
    expect(queue.size).to.equal(0);
  });

  it('tries what is not over after longer and longer pauses, of five minutes at most', async () => {
    attempt = (id) => Promise.resolve(id !== 'a');
    queue.add('a');
    await queue.settled();
    const pauses: number[] = [];
    for (let at = 1; at <= 8; at++) {
      const began = now;
      while (tried.filter((id) => id === 'a').length === at) {
        now += 5000;
        queue.add('other');
        await queue.settled();
      }
      pauses.push((now - began) / 1000);
    }
    expect(pauses).to.deep.equal([5, 10, 20, 40, 80, 160, 300, 300]);
    expect(queue.size).to.equal(1);
  });

  it('holds up nobody else while one waits', async () => {
    attempt = (id) => Promise.resolve(id !== 'a');
    queue.add('a');
    queue.add('b');
    await queue.settled();
    expect(tried).to.deep.equal(['a', 'b']);
    expect(queue.size).to.equal(1);
  });

  it('tries one again that is added while it is tried', async () => {
    attempt = async (id) => {
      await Promise.resolve();
      if (tried.length === 1) queue.add(id);
      return true;
    };
    queue.add('a');
    await queue.settled();
    expect(tried).to.deep.equal(['a', 'a']);
    expect(queue.size).to.equal(0);
  });

  it('begins nothing more once it was stopped, and waits for what is under way', async () => {
    let finish: (isOver: boolean) => void = () => undefined;
    attempt = () =>
      new Promise((resolve) => {
        finish = resolve;
      });
    queue.add('a');
    queue.add('b');
    const stopping = queue.stop();
    finish(true);
    await stopping;
    queue.add('c');
    await queue.settled();
    expect(tried).to.deep.equal(['a']);
  });
});
