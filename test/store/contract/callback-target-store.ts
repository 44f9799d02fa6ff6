import { expect } from 'chai';
import type { CallbackTarget, CallbackTargetStore } from '../../../src/callbacks/callback-target.js';

/** A target as a create makes it. */
export function targetOf(id: string, changes: Partial<CallbackTarget> = {}): CallbackTarget {
  return {
    id,
    tenantId: 'default',
    meetingId: 'Übung 1',
    urls: { end: 'https://moodle.example/end?a=1', 'recording-ready/bn': 'https://moodle.example/ready' },
    createdAt: 1_000,
    session: 0,
    internalMeetingIds: [],
    endedAt: undefined,
    toldAt: undefined,
    isRecorded: false,
    recordedOn: [],
    ...changes,
  };
}

/** What every store of callback targets does. */
export function describeCallbackTargetStore(get: () => CallbackTargetStore): void {
  describe('callback targets', () => {
    it('gives back what was saved, and the newest of it', async () => {
      const store = get();
      await store.saveTarget(targetOf('a'));
      const later = targetOf('a', {
        ...{ session: 2, internalMeetingIds: ['x-1', 'x-2'], endedAt: 2_000, toldAt: 3_000 },
        ...{ isRecorded: true, recordedOn: ['bbb1'] },
      });
      await store.saveTarget(later);
      await store.saveTarget(targetOf('b'));
      expect(await store.findTargets(['a', 'none'])).to.deep.equal([later]);
      expect(await store.findTargets([])).to.deep.equal([]);
    });

    it('lists those whose end was not told', async () => {
      const store = get();
      await store.saveTarget(targetOf('open'));
      await store.saveTarget(targetOf('ended', { endedAt: 5 }));
      await store.saveTarget(targetOf('told', { endedAt: 5, toldAt: 6 }));
      const listed = await store.listOpenTargets();
      expect(listed.map(({ id }) => id).sort()).to.deep.equal(['ended', 'open']);
    });

    it('prunes recorded ones later than others, and open ones never', async () => {
      const store = get();
      await store.saveTarget(targetOf('open'));
      for (const [id, toldAt, isRecorded] of [
        ['old', 10, false],
        ['young', 100, false],
        ['old-recorded', 10, true],
        ['older-recorded', 1, true],
      ] as const) {
        await store.saveTarget(targetOf(id, { endedAt: toldAt, toldAt, isRecorded }));
      }
      expect(await store.pruneTargets(50, 5)).to.equal(2);
      const left = await store.findTargets(['open', 'old', 'young', 'old-recorded', 'older-recorded']);
      expect(left.map(({ id }) => id).sort()).to.deep.equal(['old-recorded', 'open', 'young']);
    });

    it('removes one', async () => {
      const store = get();
      await store.saveTarget(targetOf('a'));
      await store.removeTarget('a');
      expect(await store.listOpenTargets()).to.deep.equal([]);
    });
  });
}
