import { expect } from 'chai';
import type { CallbackRow, DueTarget } from '../../../src/callbacks/callback.js';
import { originOf } from '../../../src/callbacks/target-url.js';
import type { Store } from '../../../src/store/open-store.js';

const NOW = 1_700_000_000_000;
const DAY_MS = 86_400_000;

/** A row with defaults; its ID is its key. */
function row(key: string, given: Partial<CallbackRow> = {}): CallbackRow {
  const target = given.target ?? 'https://front.example/end';
  return {
    ...{ id: key, key, kind: 'end', tenantId: 'default', meetingId: 'class', content: { form: 'get' } },
    ...{ dueAt: NOW, createdAt: NOW, expiresAt: NOW + DAY_MS, digest: `digest of ${key}` },
    ...given,
    target,
    origin: originOf(target),
  };
}

/** What every store of callbacks does. */
export function describeCallbackStore(open: () => Pick<Store, 'callbacks'>): void {
  const store = () => open().callbacks;
  const due = async (origin = 'https://front.example'): Promise<readonly string[]> =>
    (await store().dueCallbacks(origin, 100)).map(({ id }) => id);
  const targets = async (): Promise<readonly DueTarget[]> => {
    const found: DueTarget[] = [];
    for await (const portion of store().dueTargets()) found.push(...portion);
    return found;
  };
  const delivered = {
    state: 'delivered',
    outcome: 'delivered',
    lastFailure: undefined,
    at: NOW + 5,
  } as const;
  const rejected = {
    state: 'failed',
    outcome: 'rejected',
    lastFailure: 'answered HTTP 404',
    at: NOW + 5,
  } as const;

  describe('callbacks', () => {
    it('keeps all of a callback', async () => {
      const contents = [
        { form: 'get' },
        { form: 'recording-ready', claims: { meeting_id: 'ü', record_id: 'r-1', deep: [1, { a: null }] } },
        { form: 'analytics', body: '{ "a" :1}\n' },
        { form: 'hook', event: '{"data":1}', timestamp: 1_532_718_316_953 },
      ] as const;
      await store().addCallbacks(
        contents.map((content, at) => row(`c${at}`, { content, meetingId: undefined })),
      );
      for (const [at, content] of contents.entries()) {
        const found = await store().findCallback(`c${at}`);
        expect(found?.content).to.deep.equal(content);
        expect(found).to.deep.include({
          state: 'pending',
          attempts: 0,
          meetingId: undefined,
          lane: undefined,
        });
        expect(found).to.deep.include({ dueAt: NOW, createdAt: NOW, expiresAt: NOW + DAY_MS });
      }
      expect(await store().findCallback('nobody')).to.equal(undefined);
    });

    it('knows a repeat from another content, within the kind', async () => {
      expect(await store().addCallbacks([row('a'), row('b')])).to.deep.equal(['added', 'added']);
      const again = [
        row('a', { id: 'x1' }),
        row('a', { id: 'x2', digest: 'other' }),
        row('a', { id: 'x3', kind: 'hook' }),
        row('c', { id: 'x4' }),
      ];
      expect(await store().addCallbacks(again)).to.deep.equal(['known', 'conflict', 'added', 'added']);
      await store().endCallback('a', delivered);
      expect(await store().addCallbacks([row('a', { id: 'x5' })])).to.deep.equal(['known']);
      expect((await store().findByKey('end', 'a'))?.state).to.equal('delivered');
      expect(await store().findByKey('analytics', 'a')).to.equal(undefined);
    });

    it('has the targets with something to deliver, and of each what is due first', async () => {
      await store().addCallbacks([
        row('a', { dueAt: NOW + 3 }),
        row('b', { dueAt: NOW + 1 }),
        row('c', { target: 'http://other.example:81/x', dueAt: NOW + 2 }),
        row('d', { target: 'nonsense', dueAt: NOW + 9 }),
      ]);
      expect(await targets()).to.deep.equal([
        { origin: '', dueAt: NOW + 9 },
        { origin: 'http://other.example:81', dueAt: NOW + 2 },
        { origin: 'https://front.example', dueAt: NOW + 1 },
      ]);
      expect(await due()).to.deep.equal(['b', 'a']);
      expect(await store().dueCallbacks('https://front.example', 1)).to.deep.equal([
        { id: 'b', dueAt: NOW + 1 },
      ]);
      await store().endCallback('b', delivered);
      await store().endCallback('c', rejected);
      expect((await targets()).map(({ origin }) => origin)).to.deep.equal(['', 'https://front.example']);
    });

    it('has any number of targets', async () => {
      const many = Array.from(
        { length: 1_000 },
        (_, at) => `https://host-${String(at).padStart(4, '0')}.example`,
      );
      await store().addCallbacks(many.map((target, at) => row(`c${at}`, { target })));
      expect((await targets()).map(({ origin }) => origin)).to.deep.equal(many);
    });

    it('shows of a lane only the first pending one', async () => {
      const inLane = (key: string): CallbackRow => row(key, { lane: 'room' });
      await store().addCallbacks([inLane('a'), inLane('b'), inLane('c'), inLane('d'), row('e')]);
      expect(await due()).to.deep.equal(['a', 'e']);
      await store().postponeCallback('a', NOW + 10, 'answered HTTP 500');
      expect(await due()).to.deep.equal(['e', 'a']);
      const next = { origin: 'https://front.example', dueAt: NOW };
      expect((await store().endCallback('a', delivered))?.next).to.deep.equal(next);
      // Those behind it may go without moving it.
      expect((await store().forgetCallback('c'))?.next).to.equal(undefined);
      expect(await due()).to.deep.equal(['b', 'e']);
      expect((await store().forgetCallback('b'))?.next).to.deep.equal(next);
      expect(await due()).to.deep.equal(['d', 'e']);
      expect((await store().endCallback('d', rejected))?.next).to.equal(undefined);
      await store().addCallbacks([inLane('f')]);
      expect(await due()).to.deep.equal(['e', 'f']);
      await store().reviveCallback('d', NOW, NOW + DAY_MS);
      expect(await due()).to.deep.equal(['e', 'f']);
      expect((await store().endCallback('f', delivered))?.next).to.deep.equal(next);
      expect(await due()).to.deep.equal(['d', 'e']);
    });

    it('changes pending ones only, and says what it changed', async () => {
      await store().addCallbacks([row('a')]);
      const target = 'https://front.example/end';
      const callback = {
        id: 'a',
        kind: 'end',
        tenantId: 'default',
        target,
        origin: 'https://front.example',
      } as const;
      const shown = { ...callback, createdAt: NOW };
      expect(await store().postponeCallback('a', NOW + 10, 'late')).to.deep.equal({
        callback: { ...shown, dueAt: NOW + 10 },
        next: undefined,
      });
      expect(await store().findCallback('a')).to.deep.include({
        attempts: 1,
        lastFailure: 'late',
        dueAt: NOW + 10,
      });
      expect((await store().dueCallback('a', NOW))?.callback).to.deep.equal({ ...shown, dueAt: NOW });
      expect((await store().endCallback('a', rejected))?.callback.id).to.equal('a');
      expect(await store().findCallback('a')).to.deep.include({
        ...{ state: 'failed', outcome: 'rejected', attempts: 2, endedAt: NOW + 5 },
        lastFailure: 'answered HTTP 404',
      });
      const changes = [
        store().postponeCallback('a', NOW, 'x'),
        store().dueCallback('a', NOW),
        store().endCallback('a', delivered),
        store().forgetCallback('a'),
        store().forgetCallback('nobody'),
        store().reviveCallback('nobody', NOW, NOW),
      ];
      for (const change of changes) expect(await change).to.equal(undefined);
      expect(await store().reviveCallback('a', NOW + 7, NOW + 8)).to.deep.include({ next: undefined });
      expect(await store().findCallback('a')).to.deep.include({
        ...{ state: 'pending', attempts: 0, dueAt: NOW + 7, expiresAt: NOW + 8 },
        ...{ outcome: undefined, endedAt: undefined },
      });
      expect(await due()).to.deep.equal(['a']);
      await store().endCallback('a', delivered);
      expect(await store().reviveCallback('a', NOW, NOW)).to.equal(undefined);
    });

    it('lists the newest first, of a tenant, in a state', async () => {
      await store().addCallbacks([row('a'), row('b', { tenantId: 'north' }), row('c'), row('d')]);
      await store().endCallback('c', rejected);
      const ids = async (filter: object) =>
        (await store().listCallbacks({ limit: 9, ...filter })).map(({ id }) => id);
      expect(await ids({})).to.deep.equal(['d', 'c', 'b', 'a']);
      expect(await ids({ limit: 2 })).to.deep.equal(['d', 'c']);
      expect(await ids({ tenantId: 'default', state: 'pending' })).to.deep.equal(['d', 'a']);
      expect(await ids({ state: 'failed' })).to.deep.equal(['c']);
      expect(await store().newestId()).to.equal('d');
    });

    it('counts what is pending, and knows the oldest', async () => {
      expect(await store().newestId()).to.equal('');
      expect(await store().oldestPending()).to.equal(undefined);
      const hook = { kind: 'hook', lane: 'l' } as const;
      await store().addCallbacks([
        row('a', { createdAt: NOW - 9 }),
        row('b', hook),
        row('c', hook),
        row('d', hook),
      ]);
      await store().endCallback('d', delivered);
      const target = 'https://front.example/end';
      expect(await store().countPending()).to.have.deep.members([
        { kind: 'end', tenantId: 'default', target, count: 1 },
        { kind: 'hook', tenantId: 'default', target, count: 2 },
      ]);
      expect(await store().oldestPending()).to.equal(NOW - 9);
      await store().endCallback('a', rejected);
      expect(await store().oldestPending()).to.equal(NOW);
    });

    it('finds the pending ones of a kind whose key begins with something, the last first', async () => {
      const hook = (key: string): CallbackRow => row(key, { kind: 'hook' });
      const keys = ['north 1 x', 'north 1 y', 'north 11 x', 'north', 'south 1 x', 'north 1 é'];
      await store().addCallbacks([...keys.map(hook), row('north 1 z')]);
      await store().endCallback('north 1 y', rejected);
      const found = await store().pendingLike('hook', 'north 1 ', 9);
      expect([...found].sort()).to.deep.equal(['north 1 x', 'north 1 é']);
      expect(await store().pendingLike('hook', 'north 1', 1)).to.deep.equal(['north 11 x']);
    });

    it('forgets what ended long ago, by kind and end', async () => {
      const many = Array.from({ length: 1_200 }, (_, at) => row(`c${String(at).padStart(4, '0')}`));
      await store().addCallbacks([...many, row('x', { kind: 'hook' }), row('y')]);
      await Promise.all(many.map(({ id }) => store().endCallback(id, delivered)));
      await store().endCallback('x', delivered);
      await store().endCallback('y', rejected);
      expect(await store().pruneCallbacks('delivered', 'end', NOW + 5)).to.equal(0);
      expect(await store().pruneCallbacks('delivered', 'end', NOW + 6)).to.equal(1_200);
      expect((await store().listCallbacks({ limit: 9 })).map(({ id }) => id)).to.deep.equal(['y', 'x']);
      expect(await store().pruneCallbacks('failed', 'end', NOW + 6)).to.equal(1);
    });

    it('takes all of a list or nothing', async () => {
      await store().addCallbacks([row('a')]);
      const failure: unknown = await store()
        .addCallbacks([row('b'), row('c', { id: 'a' })])
        .catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error);
      expect(await due()).to.deep.equal(['a']);
    });
  });
}
