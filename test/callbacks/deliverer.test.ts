import { expect } from 'chai';
import { newCallback, callbackRig, type CallbackRig } from '../support/callback-rig.js';
import { HangingAnswer } from '../support/hanging-answer.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

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
    const hanging = new HangingAnswer();
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
