import { expect } from 'chai';
import fc from 'fast-check';
import type {
  IndexedRecording,
  RecordingFilter,
  RecordingStore,
} from '../../../src/recordings/recording-index.js';
import type { Store } from '../../../src/store/open-store.js';
import { indexedRecording as entry } from '../../support/indexed-recording.js';
import type { OpenTestStore } from '../open-test-store.js';

/** What a reader of the filter's definition would write: newest first, ties by record ID and server. */
function naively(all: readonly IndexedRecording[], filter: RecordingFilter): readonly IndexedRecording[] {
  const { tenantId, holders, recordIds, meetingIds, states, metadata } = filter;
  const archived = new Set(all.filter((it) => it.serverId === '').map((it) => it.recordId));
  const has = (list: readonly string[] | undefined, value: string): boolean =>
    list === undefined || list.includes(value);
  return all
    .filter(
      (it) =>
        (tenantId === undefined || it.tenantId === tenantId) &&
        (holders !== 'servers' || it.serverId !== '') &&
        (holders !== 'archive-first' || it.serverId === '' || !archived.has(it.recordId)) &&
        (recordIds === undefined || recordIds.some((id) => it.recordId.startsWith(id))) &&
        has(meetingIds, it.meetingId) &&
        has(states, it.state) &&
        [...(metadata ?? [])].every(([key, values]) => {
          const value = it.metadata.get(key);
          return value !== undefined && values.includes(value);
        }),
    )
    .sort(
      (a, b) =>
        b.startTime - a.startTime || compare(b.recordId, a.recordId) || compare(b.serverId, a.serverId),
    );
}

/** As a list tells of it. */
function listed(recording: IndexedRecording): object {
  return Object.fromEntries(Object.entries(recording).filter(([key]) => key !== 'metadata'));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const word = fc.constantFrom('a', 'ab', 'ab_', 'a%', 'A', 'b');
const recording = fc
  .record({
    recordId: word,
    serverId: fc.constantFrom('', 'bbb1', 'bbb2'),
    tenantId: fc.constantFrom('default', 'acme'),
    meetingId: word,
    state: fc.constantFrom('published', 'unpublished', 'deleted'),
    startTime: fc.constantFrom(0, 1, 2),
    metadata: fc.array(fc.tuple(fc.constantFrom('x', 'y'), word)).map((items) => new Map(items)),
  })
  .map(({ recordId, ...changes }) => entry(recordId, changes));
const words = fc.option(fc.array(word, { maxLength: 3 }), { nil: undefined });
const filter = fc.record({
  tenantId: fc.constantFrom(undefined, 'default', 'acme'),
  holders: fc.constantFrom(undefined, 'servers', 'archive-first'),
  recordIds: words,
  meetingIds: words,
  states: fc.option(fc.array(fc.constantFrom('published', 'deleted')), { nil: undefined }),
  metadata: fc
    .array(fc.tuple(fc.constantFrom('x', 'y'), fc.array(word, { maxLength: 2 })), { maxLength: 2 })
    .map((items) => new Map(items)),
});

/** What every index of recordings keeps to. */
export function describeRecordingStore(get: () => Store, open: OpenTestStore): void {
  describe('recordings', () => {
    const store = (): RecordingStore => get().recordings;
    const all = async () => store().listRecordings({}, { limit: 1_000 });

    it('gives back what it was given', async () => {
      const kept = entry('a', { parentId: 'p', metadata: new Map([['k', 'v ü']]) });
      await store().saveRecordings([kept, entry('a', { serverId: 'bbb2' })]);
      expect(await store().findRecordings(['a'])).to.deep.equal([kept, entry('a', { serverId: 'bbb2' })]);
      expect(await store().findBreakouts(['p'])).to.deep.equal([kept]);
      expect(await store().knownRecordings('bbb1', ['a', 'b'])).to.deep.equal([
        { recordId: 'a', digest: 'd', readAt: 10 },
      ]);
    });

    it('lets no older answer replace a newer one', async () => {
      const newer = entry('a', { readAt: 20, state: 'unpublished', metadata: new Map([['k', 'new']]) });
      await store().saveRecordings([newer]);
      await store().saveRecordings([entry('a', { readAt: 19, metadata: new Map([['k', 'old']]) })]);
      expect(await store().findRecordings(['a'])).to.deep.equal([newer]);
      const next = entry('a', { readAt: 20, metadata: new Map([['z', 'other']]) });
      await store().saveRecordings([next]);
      expect(await store().findRecordings(['a'])).to.deep.equal([next]);
    });

    it('removes what it is told to, but nothing that was read since', async () => {
      const ids = Array.from({ length: 1_200 }, (_, at) => `r${at}`);
      await store().saveRecordings(ids.map((id) => entry(id, { metadata: new Map([['k', id]]) })));
      await store().saveRecordings([entry('r7', { readAt: 50 }), entry('r7', { serverId: 'bbb2' })]);
      expect(await store().removeRecordings('bbb1', ids, 50)).to.equal(1_199);
      expect((await all()).map(({ recordId, serverId }) => `${serverId}/${recordId}`)).to.deep.equal([
        'bbb2/r7',
        'bbb1/r7',
      ]);
      expect(await store().countRecordings({ metadata: new Map([['k', ['r8']]]) })).to.equal(0);
    });

    it("forgets servers that are not named, never the archive's entries", async () => {
      const metadata = new Map([['k', 'v']]);
      await store().saveRecordings(
        ['', 'bbb1', 'bbb2'].map((serverId) => entry('a', { serverId, metadata })),
      );
      expect(await store().keepServers(['bbb2'])).to.equal(1);
      expect((await all()).map(({ serverId }) => serverId)).to.deep.equal(['bbb2', '']);
      const left = await store().findRecordings(['a']);
      expect(left.map((it) => it.metadata.get('k'))).to.deep.equal(['v', 'v']);
    });

    it('gives the IDs of a server in order, portion by portion', async () => {
      await store().saveRecordings(['c', 'a', 'b'].map((id) => entry(id)));
      await store().saveRecordings([entry('d', { serverId: 'bbb2' })]);
      expect(await store().recordIdsOf('bbb1', '', 2)).to.deep.equal(['a', 'b']);
      expect(await store().recordIdsOf('bbb1', 'b', 2)).to.deep.equal(['c']);
    });

    it('finds thousands by what their IDs begin with, among IDs of others', async () => {
      const ids = Array.from({ length: 40 }, (_, at) => `r${String(at).padStart(2, '0')}-1`);
      await store().saveRecordings(ids.map((id) => entry(id)));
      const asked = Array.from({ length: 5_000 }, (_, at) => `r${String(at).padStart(2, '0')}`);
      const filter = { tenantId: 'default', recordIds: ['r0', ...asked.slice(5)] };
      expect(await store().countRecordings(filter)).to.equal(40);
      expect(await store().listRecordings(filter, { limit: 100 })).to.have.length(40);
      expect(await store().countRecordings({ meetingIds: [...asked, 'room-r07-1'] })).to.equal(1);
      const metadata = new Map([['x', asked]]);
      expect(await store().countRecordings({ tenantId: 'default', metadata })).to.equal(0);
    });

    it('finds what a reader of the definition would find, whole, by pages and counted', async () => {
      const property = fc.asyncProperty(
        fc.array(recording, { maxLength: 25 }),
        fc.array(filter, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 4 }),
        async (given, filters, limit) => {
          const opened = await open();
          try {
            const { recordings } = opened.store;
            await recordings.saveRecordings(given);
            const entries = [...new Map(given.map((it) => [`${it.serverId}/${it.recordId}`, it])).values()];
            for (const wanted of filters) {
              const expected = naively(entries, wanted).map(listed);
              expect(await recordings.countRecordings(wanted)).to.equal(expected.length);
              expect(await recordings.listRecordings(wanted, { limit: 100 })).to.deep.equal(expected);
              const offset = await recordings.listRecordings(wanted, { limit, offset: 1 });
              expect(offset).to.deep.equal(expected.slice(1, 1 + limit));
              const places = await recordings.listPlaces(wanted);
              const placed = await recordings.listRecordings({ places }, { limit: 100 });
              expect(placed).to.deep.equal(expected);
              const after = naively(entries, wanted)[1];
              if (after === undefined) continue;
              const behind = await recordings.listRecordings(wanted, { limit, after });
              expect(behind).to.deep.equal(expected.slice(2, 2 + limit));
            }
          } finally {
            await opened.close();
          }
        },
      );
      await fc.assert(property, { numRuns: 25 });
    });
  });

  describe('walks and changes of recordings', () => {
    it('are kept, replaced and removed', async () => {
      const { recordingWalks: walks } = get();
      const walk = { serverId: 'bbb1', walkedAt: 5, order: 'falling', listed: 3 } as const;
      await walks.saveWalk({ ...walk, listed: 1 });
      await walks.saveWalk(walk);
      await walks.saveWalk({ ...walk, serverId: 'bbb2' });
      await walks.removeWalk('bbb2');
      expect(await walks.listWalks()).to.deep.equal([walk]);
    });

    it('leave others a turn where there are thousands', async () => {
      const one = { serverId: 'bbb1', call: 'deleteRecordings', query: '', askedAt: 1 } as const;
      const many = Array.from({ length: 1_000 }, (_, at) => ({
        ...{ ...one, recordId: `r${at}`, attempts: 0, dueAt: 5 },
      }));
      const ended: string[] = [];
      const written = get()
        .recordingChanges.replaceChanges([], many)
        .then(() => ended.push('written'));
      await get()
        .recordings.countRecordings({})
        .then(() => ended.push('read'));
      await written;
      expect(ended).to.deep.equal(['read', 'written']);
      expect(await get().recordingChanges.listChanges()).to.have.length(1_000);
    });

    it('wait in the order in which they were asked for', async () => {
      const { recordingChanges: changes } = get();
      const first = {
        recordId: 'a',
        serverId: 'bbb1',
        call: 'publishRecordings',
        query: 'publish=true',
      } as const;
      const [one, two] = [
        { ...first, askedAt: 1, attempts: 0, dueAt: 5 },
        { ...first, recordId: 'b', askedAt: 2, attempts: 0, dueAt: 5 },
      ];
      await changes.replaceChanges([], [two, one]);
      expect(await changes.listChanges()).to.deep.equal([one, two]);
      await changes.replaceChanges([one], [{ ...two, attempts: 1 }]);
      expect(await changes.listChanges()).to.deep.equal([{ ...two, attempts: 1 }]);
      expect(await changes.findChanges('bbb1', ['a', 'b'])).to.have.length(1);
      await changes.replaceChanges([], [{ ...one, serverId: '' }]);
      await changes.keepChangesOf([]);
      expect((await changes.listChanges()).map(({ serverId }) => serverId)).to.deep.equal(['']);
    });
  });
}
