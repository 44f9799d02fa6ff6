import { expect } from 'chai';
import { newCallback, callbackRig, type CallbackRig } from '../support/callback-rig.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** An answer that never comes, until it is cut. */
class Hanging {
  readonly answer: Promise<number>;
  cut!: () => void;

  constructor() {
    this.answer = new Promise((_, reject) => {
      this.cut = () => {
        reject(new Error('cut'));
      };
    });
    this.answer.catch(() => undefined);
  }
}

describe('deliverer of callbacks', () => {
  let rig: CallbackRig;
  beforeEach(async () => {
    rig = await callbackRig();
    rig.deliverer.start();
  });
  afterEach(async () => {
    await rig.close();
  });
  const paths = (): readonly string[] => rig.sent.map(({ path }) => path);
  const stateOf = async (key: string): Promise<string | undefined> =>
    (await rig.store.callbacks.findByKey('end', key))?.state;

  it('delivers what is due, and at its time what is not', async () => {
    await rig.outbox.add(newCallback({ key: 'later', dueAt: rig.clock.now() + MINUTE_MS }));
    await rig.outbox.add(newCallback({ key: 'now' }));
    await rig.until(() => rig.outcomes.length === 1);
    expect(paths()).to.deep.equal(['/end?key=now']);
    await rig.clock.advance(MINUTE_MS - 1);
    expect(rig.sent).to.have.length(1);
    await rig.clock.advance(1);
    await rig.until(() => rig.outcomes.length === 2);
    expect(paths()).to.deep.equal(['/end?key=now', '/end?key=later']);
    expect(await stateOf('later')).to.equal('delivered');
    expect(rig.outbox.pendingCount).to.equal(0);
  });

  it('delivers what is released at once, and never what is withdrawn', async () => {
    const dueAt = rig.clock.now() + MINUTE_MS;
    await rig.outbox.addAll([newCallback({ key: 'a', dueAt }), newCallback({ key: 'b', dueAt })]);
    expect(await rig.outbox.release('end', 'a')).to.equal(true);
    expect(await rig.outbox.withdraw('end', 'b')).to.equal(true);
    await rig.until(() => rig.outcomes.length === 1);
    await rig.clock.advance(DAY_MS);
    expect(paths()).to.deep.equal(['/end?key=a']);
    expect(await rig.outbox.has('end', 'b')).to.equal(false);
    expect(await rig.outbox.release('end', 'b')).to.equal(false);
    expect(await rig.outbox.withdraw('end', 'a')).to.equal(false);
  });

  it('comes again later and later, for a day', async () => {
    rig.answer = () => Promise.reject(new Error('could not be reached'));
    const startedAt = rig.clock.now();
    await rig.outbox.add(newCallback({ key: 'a' }));
    await rig.until(() => rig.outcomes.length === 1);
    for (let tries = 1; tries < 200 && !rig.outcomes.includes('end expired'); tries += 1) {
      const [waiting] = await rig.outbox.list({ limit: 1 });
      await rig.clock.advance((waiting?.dueAt ?? 0) - rig.clock.now());
      await rig.until(() => rig.outcomes.length > tries);
    }
    const waits = rig.sent.map(({ at }, index) => at - (rig.sent[index - 1]?.at ?? startedAt));
    expect(waits.slice(0, 5)).to.deep.equal([0, 5_000, 10_000, 20_000, 40_000]);
    expect(Math.max(...waits)).to.equal(60 * MINUTE_MS);
    expect((rig.sent.at(-1)?.at ?? 0) - startedAt).to.equal(DAY_MS);
    expect(rig.outcomes.filter((outcome) => outcome !== 'end retried')).to.deep.equal(['end expired']);
    expect(await stateOf('a')).to.equal('failed');
  });

  for (const status of [401, 404, 410]) {
    it(`gives up at once at HTTP ${status}`, async () => {
      rig.answer = () => Promise.resolve(status);
      await rig.outbox.add(newCallback({ key: 'a' }));
      await rig.until(() => rig.outcomes.length === 1);
      expect(rig.outcomes).to.deep.equal(['end rejected']);
      expect(await stateOf('a')).to.equal('failed');
    });
  }

  for (const status of [301, 302, 307, 400, 403, 429, 500, 503]) {
    it(`comes again after HTTP ${status}`, async () => {
      rig.answer = () => Promise.resolve(rig.sent.length === 1 ? status : 204);
      await rig.outbox.add(newCallback({ key: 'a' }));
      await rig.until(() => rig.outcomes.length === 1);
      await rig.clock.advance(5_000);
      await rig.until(() => rig.outcomes.length === 2);
      expect(rig.outcomes).to.deep.equal(['end retried', 'end delivered']);
    });
  }

  it('gives up what goes to no http address, and what belongs to a tenant that is gone', async () => {
    await rig.outbox.add(newCallback({ key: 'a', target: 'ftp://front.example/' }));
    await rig.outbox.add(newCallback({ key: 'b', target: 'nonsense' }));
    await rig.outbox.add(newCallback({ key: 'c', tenantId: 'gone' }));
    await rig.until(() => rig.outcomes.length === 3);
    expect(rig.sent).to.deep.equal([]);
    expect([...rig.outcomes].sort()).to.deep.equal(['end blocked', 'end blocked', 'end dropped']);
  });

  it('takes back what is superseded, and comes again where that could not be told', async () => {
    let asked = 0;
    rig.beforeDelivery = () => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('server bbb1 hangs')) : Promise.resolve('withdraw');
    };
    await rig.outbox.add(newCallback({ key: 'a' }));
    await rig.until(() => rig.outcomes.length === 1);
    expect((await rig.outbox.list({ limit: 1 }))[0]?.lastFailure).to.contain('server bbb1 hangs');
    await rig.clock.advance(5_000);
    await rig.until(() => rig.outcomes.length === 2);
    expect(rig.outcomes).to.deep.equal(['end retried', 'end superseded']);
    expect(rig.sent).to.deep.equal([]);
    expect(await rig.outbox.has('end', 'a')).to.equal(false);
  });

  it('keeps the order within a lane, whose head holds back only its own lane', async () => {
    let isDown = true;
    rig.answer = ({ path }) => Promise.resolve(isDown && path.includes('one-0') ? 500 : 200);
    const lane = (name: string) =>
      Array.from({ length: 5 }, (_, at) => newCallback({ key: `${name}-${at}`, lane: name }));
    await rig.outbox.addAll([...lane('one'), ...lane('two')]);
    await rig.until(() => rig.outcomes.length === 6);
    expect(paths().filter((path) => path.includes('one'))).to.deep.equal(['/end?key=one-0']);
    expect(paths().filter((path) => path.includes('two'))).to.have.length(5);
    isDown = false;
    await rig.clock.advance(5_000);
    await rig.until(() => rig.outbox.pendingCount === 0);
    for (const name of ['one', 'two']) {
      const delivered = [...new Set(paths().filter((path) => path.includes(name)))];
      expect(delivered).to.deep.equal([0, 1, 2, 3, 4].map((at) => `/end?key=${name}-${at}`));
    }
  });

  it('sends at most four at once to one target, and one while it fails', async () => {
    const waiting: ((status: number) => void)[] = [];
    rig.answer = () => new Promise((resolve) => waiting.push(resolve));
    await rig.outbox.addAll(Array.from({ length: 10 }, (_, at) => newCallback({ key: `${at}` })));
    await rig.until(() => waiting.length === 4);
    await rig.clock.advance(0);
    expect(waiting).to.have.length(4);
    for (const answer of waiting.splice(0)) answer(500);
    await rig.until(() => rig.outcomes.length === 4 && waiting.length === 1);
    await rig.clock.advance(0);
    expect(waiting).to.have.length(1);
    waiting.splice(0)[0]?.(200);
    await rig.until(() => waiting.length === 4);
    rig.answer = () => Promise.resolve(200);
    for (const answer of waiting.splice(0)) answer(200);
  });

  it('delivers to others at once while 5,000 wait for a target that hangs', async () => {
    const hanging = new Hanging();
    rig.answer = ({ origin }) => (origin.includes('hangs') ? hanging.answer : Promise.resolve(200));
    const stuck = Array.from({ length: 5_000 }, (_, at) =>
      newCallback({ key: `stuck-${at}`, target: 'https://hangs.example/' }),
    );
    for (let at = 0; at < stuck.length; at += 500) await rig.outbox.addAll(stuck.slice(at, at + 500));
    await rig.until(() => rig.sent.length === 4);
    await rig.outbox.add(newCallback({ key: 'other' }));
    await rig.until(() => rig.outcomes.length === 1);
    expect(rig.outcomes).to.deep.equal(['end delivered']);
    expect(rig.sent).to.have.length(5);
    hanging.cut();
  });

  it('delivers an end at once to a host whose receiver of events hangs', async () => {
    const hanging = new Hanging();
    rig.answer = ({ path }) => (path.startsWith('/hook') ? hanging.answer : Promise.resolve(200));
    const events = Array.from({ length: 200 }, (_, at) =>
      newCallback({
        ...{ kind: 'hook', key: `event-${at}`, target: 'https://front.example/hook', lane: `room ${at}` },
        content: { form: 'hook', event: '[]', timestamp: 1 },
      }),
    );
    await rig.outbox.addAll(events);
    await rig.until(() => rig.sent.length === 4);
    await rig.outbox.add(newCallback({ key: 'end' }));
    await rig.until(() => rig.outcomes.length === 1);
    expect(rig.outcomes).to.deep.equal(['end delivered']);
    expect(rig.sent).to.have.length(5);
    hanging.cut();
  });

  it('gives up an event after ten minutes, and then tries those that waited behind it', async () => {
    const startedAt = rig.clock.now();
    const event = (at: number) =>
      newCallback({
        ...{ kind: 'hook', key: `h${at}`, target: `https://front.example/hook?at=${at}`, lane: 'room' },
        content: { form: 'hook', event: '[]', timestamp: 1 },
      });
    // Those that waited are as old as the head: each has one attempt even so.
    rig.answer = ({ path }) => Promise.resolve(path.includes('at=2') ? 200 : 400);
    await rig.outbox.addAll([event(0), event(1), event(2)]);
    await rig.until(() => rig.outcomes.length === 1);
    for (let tries = 1; tries < 50 && !rig.outcomes.includes('hook expired'); tries += 1) {
      const waiting = (await rig.outbox.list({ limit: 3 })).find(({ key }) => key === 'h0');
      await rig.clock.advance((waiting?.dueAt ?? 0) - rig.clock.now());
      await rig.until(() => rig.outcomes.length > tries);
    }
    expect(rig.clock.now() - startedAt).to.equal(10 * MINUTE_MS);
    await rig.until(() => rig.outbox.pendingCount === 0);
    expect(rig.outcomes.slice(-3)).to.deep.equal(['hook expired', 'hook expired', 'hook delivered']);
    expect(paths().filter((path) => path.includes('at=1'))).to.have.length(1);
  });

  it('delivers at once to a new target while a hundred others hang', async () => {
    rig.answer = ({ origin }) =>
      origin.includes('hangs') ? Promise.reject(new Error('gave no answer')) : Promise.resolve(200);
    const hundred = Array.from({ length: 100 }, (_, at) => `https://hangs-${at}.example/`);
    await rig.outbox.addAll(hundred.map((target, at) => newCallback({ key: `first-${at}`, target })));
    await rig.until(() => rig.outcomes.length === 100);
    // From now on none of them answers at all.
    const before = rig.sent.length;
    const hanging = new Hanging();
    rig.answer = ({ origin }) => (origin.includes('hangs') ? hanging.answer : Promise.resolve(200));
    await rig.clock.advance(5_000);
    await rig.until(() => rig.sent.length === before + 32);
    await rig.outbox.add(newCallback({ key: 'other' }));
    await rig.until(() => rig.outcomes.at(-1) === 'end delivered');
    expect(rig.sent).to.have.length(before + 33);
    hanging.cut();
  });

  it('delivers to thousands of targets, found at a start', async () => {
    await rig.stop();
    const targets = Array.from({ length: 2_000 }, (_, at) => `https://front-${at}.example/`);
    await rig.outbox.addAll(targets.map((target, at) => newCallback({ key: `k${at}`, target })));
    await rig.outbox.add(newCallback({ key: 'later', dueAt: rig.clock.now() + 40 * DAY_MS }));
    const next = await callbackRig({ store: rig.store, clock: rig.clock });
    next.deliverer.start();
    await next.until(() => next.outcomes.length === targets.length);
    expect(next.outbox.pendingCount).to.equal(1);
    await rig.clock.advance(40 * DAY_MS);
    await next.until(() => next.outbox.pendingCount === 0);
    await next.stop();
  });

  it('tries again what the operator wants tried, and gives up what he drops', async () => {
    rig.answer = () => Promise.resolve(404);
    const dueAt = rig.clock.now() + MINUTE_MS;
    await rig.outbox.addAll([newCallback({ key: 'a' }), newCallback({ key: 'b', dueAt })]);
    await rig.until(() => rig.outcomes.length === 1);
    const [b, a] = await rig.outbox.list({ limit: 2 });
    rig.answer = () => Promise.resolve(200);
    await rig.clock.advance(2 * DAY_MS);
    await rig.until(() => rig.outcomes.length === 2);
    expect(await rig.outbox.retry(a?.id ?? '')).to.equal(true);
    await rig.until(() => rig.outcomes.length === 3);
    expect(await stateOf('a')).to.equal('delivered');
    expect(await rig.outbox.retry(a?.id ?? '')).to.equal(false);
    expect(await rig.outbox.drop(b?.id ?? '')).to.equal(false);
    await rig.outbox.add(newCallback({ key: 'c', dueAt: rig.clock.now() + MINUTE_MS }));
    const [c] = await rig.outbox.list({ limit: 1, state: 'pending' });
    expect(await rig.outbox.drop(c?.id ?? '')).to.equal(true);
    expect(rig.outcomes.at(-1)).to.equal('end dropped');
    expect(rig.outbox.pendingCount).to.equal(0);
  });

  it('counts no attempt that was cut by a stop', async () => {
    const hanging = new Hanging();
    rig.answer = () => hanging.answer;
    await rig.outbox.add(newCallback({ key: 'a' }));
    await rig.until(() => rig.sent.length === 1);
    const stopped = rig.stop();
    hanging.cut();
    await stopped;
    expect(rig.outcomes).to.deep.equal([]);
    expect((await rig.outbox.list({ limit: 1 }))[0]).to.deep.include({ state: 'pending', attempts: 0 });
    await rig.outbox.add(newCallback({ key: 'b' }));
    await rig.clock.advance(0);
    expect(rig.sent).to.have.length(1);
  });

  it('waits for a store that fails, and goes on by itself', async () => {
    const { store, clock } = rig;
    let isDown = false;
    const failing = async <T>(whole: () => Promise<T>): Promise<T> => {
      if (isDown) throw new Error('disk full');
      return await whole();
    };
    const other = await callbackRig({
      store,
      clock,
      wrap: (callbacks) => ({
        ...callbacks,
        endCallback: (id, end) => failing(() => callbacks.endCallback(id, end)),
        dueCallbacks: (origin, limit) => failing(() => callbacks.dueCallbacks(origin, limit)),
      }),
    });
    await rig.stop();
    other.deliverer.start();
    isDown = true;
    await other.outbox.add(newCallback({ key: 'a' }));
    await clock.advance(60_000);
    expect(other.outcomes).to.deep.equal([]);
    isDown = false;
    await clock.advance(5_000);
    await other.until(() => other.outcomes.length === 1);
    expect(other.outcomes).to.deep.equal(['end delivered']);
    await other.stop();
  });
});
