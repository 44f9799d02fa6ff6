import { expect } from 'chai';
import { MAX_PENDING_HOOKS } from '../../src/callbacks/outbox.js';
import { silentLogger } from '../../src/log.js';
import { openStore } from '../../src/store/open-store.js';
import { callbackRig, newCallback, type CallbackRig } from '../support/callback-rig.js';

const DAY_MS = 86_400_000;

describe('outbox of callbacks', () => {
  let rig: CallbackRig;
  beforeEach(async () => {
    rig = await callbackRig();
  });
  afterEach(async () => {
    await rig.close();
  });

  it('takes a repeat as known and other content as a replay, which counts', async () => {
    const claims = (record: string) => ({ form: 'recording-ready', claims: { record_id: record } }) as const;
    const given = newCallback({ key: 'k', kind: 'recording-ready', content: claims('r1') });
    expect(await rig.outbox.add(given)).to.equal('added');
    expect(await rig.outbox.add({ ...given, dueAt: 5, meetingId: 'x' })).to.equal('known');
    expect(await rig.outbox.add({ ...given, content: claims('r2') })).to.equal('conflict');
    expect(await rig.outbox.add({ ...given, target: 'https://evil.example/' })).to.equal('conflict');
    expect(rig.outcomes).to.deep.equal(['recording-ready replayed', 'recording-ready replayed']);
    expect(rig.outbox.pendingCount).to.equal(1);
  });

  it('knows a key for seven days after its delivery, of hooks for an hour', async () => {
    rig.deliverer.start();
    await rig.outbox.addAll([newCallback({ key: 'a' }), newCallback({ key: 'b', kind: 'hook' })]);
    await rig.until(() => rig.outcomes.length === 2);
    await rig.clock.advance(3_600_000 + 1);
    await rig.outbox.prune();
    expect([await rig.outbox.has('end', 'a'), await rig.outbox.has('hook', 'b')]).to.deep.equal([
      true,
      false,
    ]);
    await rig.clock.advance(7 * DAY_MS);
    await rig.outbox.prune();
    expect(await rig.outbox.has('end', 'a')).to.equal(false);
  });

  it('knows what waits for its time from what is due, was tried or is not there', async () => {
    const at = rig.clock.now();
    await rig.outbox.addAll([
      newCallback({ key: 'now', dueAt: at }),
      newCallback({ key: 'later', dueAt: at + 1 }),
      newCallback({ key: 'tried' }),
    ]);
    const tried = await rig.store.callbacks.findByKey('end', 'tried');
    await rig.outbox.postpone(tried?.id ?? '', at + 1, 'answered HTTP 500');
    const waiting = async (): Promise<readonly boolean[]> =>
      await Promise.all(['now', 'later', 'tried', 'none'].map((key) => rig.outbox.isWaiting('end', key)));
    expect(await waiting()).to.deep.equal([false, true, false, false]);
    await rig.clock.advance(1);
    expect(await waiting()).to.deep.equal([false, false, false, false]);
  });

  it('keeps what failed for thirty days, and what waits for ever', async () => {
    rig.answer = () => Promise.resolve(404);
    rig.deliverer.start();
    await rig.outbox.add(newCallback({ key: 'a' }));
    await rig.until(() => rig.outcomes.length === 1);
    await rig.outbox.add(newCallback({ key: 'b', dueAt: rig.clock.now() + 99 * DAY_MS }));
    await rig.clock.advance(29 * DAY_MS);
    await rig.outbox.prune();
    expect(await rig.outbox.has('end', 'a')).to.equal(true);
    await rig.clock.advance(2 * DAY_MS);
    await rig.outbox.prune();
    expect([await rig.outbox.has('end', 'a'), await rig.outbox.has('end', 'b')]).to.deep.equal([false, true]);
  });

  it('keeps events that failed for a day', async () => {
    rig.answer = () => Promise.resolve(404);
    rig.deliverer.start();
    await rig.outbox.add(newCallback({ key: 'a', kind: 'hook' }));
    await rig.until(() => rig.outcomes.length === 1);
    await rig.clock.advance(DAY_MS - 1);
    await rig.outbox.prune();
    expect(await rig.outbox.has('hook', 'a')).to.equal(true);
    await rig.clock.advance(2);
    await rig.outbox.prune();
    expect(await rig.outbox.has('hook', 'a')).to.equal(false);
  });

  it('takes no more than 10,000 pending hooks of one target and tenant', async () => {
    const hook = (key: string, tenantId = 'default') =>
      newCallback({ key, kind: 'hook', tenantId, target: 'https://front.example/hook', lane: 'room' });
    const many = Array.from({ length: MAX_PENDING_HOOKS + 5 }, (_, at) => hook(`h${at}`));
    const outcomes: string[] = [];
    for (let at = 0; at < many.length; at += 2_000) {
      outcomes.push(...(await rig.outbox.addAll(many.slice(at, at + 2_000))));
    }
    expect(outcomes.filter((outcome) => outcome === 'added')).to.have.length(MAX_PENDING_HOOKS);
    expect(outcomes.slice(MAX_PENDING_HOOKS)).to.deep.equal(Array(5).fill('full'));
    expect(rig.outcomes).to.deep.equal(Array(5).fill('hook dropped'));
    expect(await rig.outbox.add(hook('other', 'north'))).to.equal('added');
    expect(await rig.outbox.add(newCallback({ key: 'end' }))).to.equal('added');
    // The bound outlives the process, and gives way when one has gone.
    const next = await callbackRig({ store: rig.store, clock: rig.clock });
    expect(next.outbox.pendingCount).to.equal(MAX_PENDING_HOOKS + 2);
    expect(await next.outbox.add(hook('more'))).to.equal('full');
    expect(await next.outbox.withdraw('hook', 'h7')).to.equal(true);
    expect(await next.outbox.add(hook('more'))).to.equal('added');
  });

  it('knows how much waits and how long the oldest has waited', async () => {
    expect([rig.outbox.pendingCount, rig.outbox.oldestSeconds]).to.deep.equal([0, 0]);
    const dueAt = rig.clock.now() + DAY_MS;
    await rig.outbox.add(newCallback({ key: 'a', dueAt }));
    await rig.clock.advance(10_000);
    await rig.outbox.add(newCallback({ key: 'b', dueAt }));
    await rig.clock.advance(5_000);
    await rig.until(() => rig.outbox.oldestSeconds === 15);
    await rig.outbox.withdraw('end', 'a');
    await rig.until(() => rig.outbox.oldestSeconds === 5);
    await rig.outbox.withdraw('end', 'b');
    expect([rig.outbox.pendingCount, rig.outbox.oldestSeconds]).to.deep.equal([0, 0]);
  });

  it('gives IDs in the order of adding, also when the clock is set back and after a new start', async () => {
    const dueAt = rig.clock.now() + DAY_MS;
    const added: string[] = [];
    const add = async (from: CallbackRig, key: string): Promise<void> => {
      await from.outbox.add(newCallback({ key, dueAt }));
      added.unshift(key);
    };
    for (let at = 0; at < 100; at += 1) await add(rig, `a${at}`);
    await rig.clock.advance(1_000);
    await add(rig, 'b');
    const earlier = await callbackRig({ store: rig.store });
    for (let at = 0; at < 100; at += 1) await add(earlier, `c${at}`);
    expect((await rig.outbox.list({ limit: 500 })).map(({ key }) => key)).to.deep.equal(added);
  });

  it('counts nothing of what could not be written', async () => {
    const store = await openStore('sqlite::memory:', { logger: silentLogger });
    const broken = await callbackRig({
      store,
      wrap: (callbacks) => ({ ...callbacks, addCallbacks: () => Promise.reject(new Error('disk full')) }),
    });
    const failure: unknown = await broken.outbox
      .add(newCallback({ key: 'a' }))
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(broken.outbox.pendingCount).to.equal(0);
    await broken.close();
  });
});
