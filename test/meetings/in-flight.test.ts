import { expect } from 'chai';
import { InFlight } from '../../src/meetings/in-flight.js';

/** Work that ends when the test says so. */
function work() {
  let finish: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const done = new Promise<void>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  return { run: () => done, finish, fail };
}

describe('InFlight', () => {
  it('names a create while it is under way, and forgets it when it fails', async () => {
    const inFlight = new InFlight();
    const create = work();
    const creating = inFlight.create('class', create.run);
    expect([inFlight.isCreating('class'), inFlight.isCreating('other')]).to.deep.equal([true, false]);
    create.fail(new Error('no server'));
    const error = await creating.catch((reason: unknown) => reason);
    expect((error as Error).message).to.equal('no server');
    expect([inFlight.isCreating('class'), inFlight.underWay('class')]).to.deep.equal([false, undefined]);
  });

  it('makes creates wait for all ends of copies, not for the newest alone', async () => {
    const inFlight = new InFlight();
    const [first, second] = [work(), work()];
    const ends = [inFlight.end('class', first.run), inFlight.end('class', second.run)];
    expect(inFlight.isCreating('class')).to.equal(false);
    let isFree = false;
    const waiting = inFlight.underWay('class')!.then(() => {
      isFree = true;
    });
    second.finish();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isFree).to.equal(false);
    first.finish();
    await waiting;
    await Promise.all(ends);
    expect(inFlight.underWay('class')).to.equal(undefined);
  });

  it('waits for everything, failures too', async () => {
    const inFlight = new InFlight();
    const [create, end] = [work(), work()];
    const creating = inFlight.create('one', create.run);
    const ending = inFlight.end('two', end.run);
    const outcomes = Promise.allSettled([creating, ending]);
    const settled = inFlight.settled();
    create.fail(new Error('a'));
    end.fail(new Error('b'));
    await settled;
    expect((await outcomes).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
  });
});
