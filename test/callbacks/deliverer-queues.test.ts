import { expect } from 'chai';
import { newCallback, callbackRig, type CallbackRig } from '../support/callback-rig.js';
import { HangingAnswer } from '../support/hanging-answer.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

describe('queues of the deliverer', () => {
  let rig: CallbackRig;
  beforeEach(async () => {
    rig = await callbackRig();
    rig.deliverer.start();
  });
  afterEach(async () => {
    await rig.close();
  });
  const paths = (): readonly string[] => rig.sent.map(({ path }) => path);

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
    const hanging = new HangingAnswer();
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
    const hanging = new HangingAnswer();
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
    const hanging = new HangingAnswer();
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
});
