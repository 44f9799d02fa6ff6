import { expect } from 'chai';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { silentLogger } from '../../src/log.js';
import type { IndexedRecording } from '../../src/recordings/recording-index.js';
import { RecordingList } from '../../src/recordings/recording-list.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { indexedRecording } from '../support/indexed-recording.js';

const RECORDINGS = 450;

function idOf(at: number): string {
  return `r${String(at).padStart(5, '0')}-1`;
}

/** Newest last, every third unpublished, every hundredth of another tenant. */
function given(): readonly IndexedRecording[] {
  return Array.from({ length: RECORDINGS }, (_, at) =>
    indexedRecording(idOf(at), {
      ...{ meetingId: `room-${at % 300}`, startTime: at, tenantId: at % 100 === 0 ? 'acme' : 'default' },
      metadata: new Map([
        ['course', `c${at}`],
        ['kind', 'lesson'],
      ]),
      state: at % 3 === 0 ? 'unpublished' : 'published',
    }),
  );
}

function names(count: number, nameOf: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => nameOf(at)).join();
}

/** Positions, newest first, of the default tenant's that fit. */
function fitting(fits: (at: number) => boolean): readonly string[] {
  const all = Array.from({ length: RECORDINGS }, (_, at) => at).filter((at) => at % 100 !== 0 && fits(at));
  return all.reverse().map(idOf);
}

describe('getRecordings of thousands of names', () => {
  let store: Store;
  let list: RecordingList;
  let isWhole = true;

  before(async () => {
    store = await openStore('sqlite::memory:', { logger: silentLogger });
    await store.recordings.saveRecordings(given());
  });

  beforeEach(() => {
    isWhole = true;
    list = new RecordingList({
      store: store.recordings,
      holders: 'servers',
      findGap: async () => (isWhole ? undefined : new Error('recordings of bbb9 were never read')),
      playbackUrl: undefined,
    });
  });

  after(() => store.close());

  async function find(
    query: string,
  ): Promise<{ readonly total: number | undefined; readonly ids: string[] }> {
    const { total, first, rest } = await list.find('default', RawQuery.parse(query));
    const all = [...first];
    for await (const portion of rest ?? []) all.push(...portion);
    return { total, ids: all.map((xml) => /<recordID>(.*?)</.exec(xml.toString())?.[1] ?? '') };
  }

  it('finds all that fit, newest first, each once', async () => {
    const ids = names(2_500, (at) => `${idOf(at * 2)},r0000${at % 10}`);
    const asked = await find(`recordID=${ids}`);
    expect(asked).to.deep.equal({ total: undefined, ids: fitting((at) => at % 2 === 0 || at < 10) });
    const published = await find(`recordID=${ids}&state=published`);
    expect(published.ids).to.deep.equal(fitting((at) => (at % 2 === 0 || at < 10) && at % 3 !== 0));
  });

  it('finds by meetings, by values of several keys, and by both kinds of names together', async () => {
    const rooms = names(200, (at) => `room-${at}`);
    expect((await find(`meetingID=${rooms}`)).ids).to.deep.equal(fitting((at) => at % 300 < 200));
    const courses = names(150, (at) => `c${at * 3}`);
    const both = `meetingID=${rooms}&meta_course=${courses}&meta_kind=lesson`;
    expect((await find(both)).ids).to.deep.equal(fitting((at) => at % 300 < 200 && at % 3 === 0));
    expect((await find(`${both}&meta_kind=other&meta_kind=`)).ids).to.have.length(
      fitting((at) => at % 300 < 200 && at % 3 === 0).length,
    );
    expect((await find(`meetingID=${rooms}&meta_course=${courses}&meta_kind=none`)).ids).to.deep.equal([]);
  });

  it('finds what has each of a thousand keys', async () => {
    const keys = Array.from({ length: 1_100 }, (_, at) => [`key${at}`, `v${at}`] as const);
    await store.recordings.saveRecordings([
      indexedRecording('keys', { metadata: new Map(keys) }),
      indexedRecording('fewer', { metadata: new Map(keys.slice(0, -1)) }),
    ]);
    const query = keys.map(([key, value]) => `meta_${key}=${value}`).join('&');
    expect(await find(`${query}&limit=5`)).to.deep.equal({ total: 1, ids: ['keys'] });
    expect((await find(query.replace('=v7&', '=other&'))).ids).to.deep.equal([]);
    await store.recordings.removeRecordings('bbb1', ['keys', 'fewer']);
  });

  it('gives a page of them, and their number', async () => {
    const query = `recordID=${names(5_000, idOf)}&limit=25`;
    expect(await find(`${query}&offset=210`)).to.deep.equal({
      total: 445,
      ids: fitting(() => true).slice(210, 235),
    });
    expect(await find(`${query}&offset=445`)).to.deep.equal({ total: 445, ids: [] });
  });

  it('lets others have a turn again and again', async () => {
    for (const query of [
      `recordID=${names(5_000, idOf)}`,
      `meetingID=${names(5_000, (at) => `room-${at}`)}&limit=25`,
      `meta_course=${names(4_999, (at) => `c${at}`)}&limit=25`,
    ]) {
      let turns = 0;
      let isDone = false;
      const count = (): void => {
        turns += 1;
        if (!isDone) setImmediate(count);
      };
      setImmediate(count);
      await find(query);
      isDone = true;
      expect(turns).to.be.greaterThan(40);
    }
  });

  it('shows nothing that was changed while it was read and fits no more', async () => {
    const { first, rest } = await list.find(
      'default',
      RawQuery.parse(`state=published&recordID=${names(5_000, idOf)}`),
    );
    const last = fitting((at) => at % 3 !== 0).at(-1) ?? '';
    const [entry] = await store.recordings.findRecordings([last]);
    await store.recordings.saveRecordings([{ ...entry!, state: 'deleted' }]);
    try {
      const all = [...first];
      for await (const portion of rest ?? []) all.push(...portion);
      expect(all.map(String).some((xml) => xml.includes(last))).to.equal(false);
    } finally {
      await store.recordings.saveRecordings([entry!]);
    }
  });

  it('answers before every server was read when all that are named are known', async () => {
    isWhole = false;
    expect((await find(`state=any&recordID=${names(99, (at) => idOf(at + 1))}`)).ids).to.have.length(99);
    const failed = await find(`recordID=${names(100, idOf)}`).catch((error: unknown) => error);
    expect(failed).to.include({ messageKey: 'serverUnavailable' });
    // What the log says of the refused call.
    expect(failed).to.have.nested.property('cause.message', 'recordings of bbb9 were never read');
  });
});
