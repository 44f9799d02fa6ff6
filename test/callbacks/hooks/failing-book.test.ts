import { expect } from 'chai';
import { FailingBook } from '../../../src/callbacks/hooks/failing-book.js';
import type { HookFailing } from '../../../src/callbacks/hooks/hook.js';
import { settle } from '../../support/manual-clock.js';
import { MemoryFailingHooks } from '../../support/memory-failing-hooks.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const MINUTE_MS = 60_000;
const SINCE = 1_800_000_000_000;
const ONE = { tenantId: 'acme', id: 1, createdAt: 1_700_000_000_000 };
const TWO = { ...ONE, id: 2 };

function after(minutes: number, count: number): HookFailing {
  return { since: SINCE, count, lastAt: SINCE + minutes * MINUTE_MS };
}

describe('the book of failing hooks', () => {
  let store: MemoryFailingHooks;
  let logger: RecordingLogger;
  let book: FailingBook;

  beforeEach(async () => {
    store = new MemoryFailingHooks();
    logger = new RecordingLogger();
    book = await FailingBook.load({ store, logger });
  });

  const stored = (): readonly HookFailing[] => [...store.rows.values()].map(({ failing }) => failing);

  it('writes the first failure at once, and those that follow every ten minutes', async () => {
    for (let minute = 0; minute < 25; minute += 1) {
      book.set(ONE, after(minute, minute + 1));
      await settle();
    }
    expect(book.get(ONE)).to.deep.equal(after(24, 25));
    expect(stored()).to.deep.equal([after(20, 21)]);
    expect(store.writes).to.equal(3);
  });

  it('writes all there is at a stop, and knows it after a start', async () => {
    book.set(ONE, after(0, 1));
    book.set(ONE, after(1, 2));
    book.set(TWO, after(1, 1));
    await book.stop();
    expect(stored()).to.deep.equal([after(1, 2), after(1, 1)]);
    const next = await FailingBook.load({ store, logger });
    expect([next.get(ONE), next.get(TWO), next.size]).to.deep.equal([after(1, 2), after(1, 1), 2]);
  });

  it('writes at once that a hook takes events, once', async () => {
    book.set(ONE, after(0, 1));
    book.delete(ONE);
    await settle();
    expect(stored()).to.deep.equal([]);
    const { writes } = store;
    book.delete(ONE);
    book.delete(TWO);
    await settle();
    expect(store.writes).to.equal(writes);
  });

  it('forgets what failed long ago', async () => {
    book.set(ONE, after(0, 1));
    book.set(TWO, after(9, 1));
    book.prune(SINCE + 5 * MINUTE_MS);
    await book.stop();
    expect(book.size).to.equal(1);
    expect(stored()).to.deep.equal([after(9, 1)]);
  });

  it('tries again with the next change what could not be written, and says so', async () => {
    store.failsNext = new Error('disk full');
    book.set(ONE, after(0, 1));
    await settle();
    expect(stored()).to.deep.equal([]);
    expect(logger.lines).to.deep.equal(['warn whether a webhook fails could not be stored']);
    book.set(TWO, after(1, 1));
    await settle();
    expect(stored()).to.have.deep.members([after(0, 1), after(1, 1)]);
  });

  it('tries again at the stop that a hook takes events', async () => {
    book.set(ONE, after(0, 1));
    await settle();
    store.failsNext = new Error('disk full');
    book.delete(ONE);
    await settle();
    expect(stored()).to.have.lengthOf(1);
    await book.stop();
    expect(stored()).to.deep.equal([]);
  });
});
