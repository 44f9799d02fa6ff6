import { expect } from 'chai';
import { silentLogger } from '../../src/log.js';
import { findPlaces } from '../../src/recordings/find-places.js';
import type { RecordingFilter, RecordingStore } from '../../src/recordings/recording-index.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { indexedRecording } from '../support/indexed-recording.js';

const RECORDINGS = 2_600;
const MOST_AT_ONCE = 1_000;

const idOf = (at: number): string => `${(at % 16).toString(16)}${String(at).padStart(5, '0')}`;
const idsOf = (fits: (at: number) => boolean): readonly string[] =>
  Array.from({ length: RECORDINGS }, (_, at) => at)
    .filter(fits)
    .reverse()
    .map(idOf);

describe('what fits names that thousands of recordings have', () => {
  let store: Store;
  let most: number;
  let watched: Pick<RecordingStore, 'listKeys' | 'listPlaces'>;

  before(async () => {
    store = await openStore('sqlite::memory:', { logger: silentLogger });
    await store.recordings.saveRecordings(
      Array.from({ length: RECORDINGS }, (_, at) =>
        indexedRecording(idOf(at), {
          ...{ meetingId: `room-${at % 2}`, startTime: at, state: at % 5 === 0 ? 'deleted' : 'published' },
          metadata: new Map([
            ['origin', at % 7 === 0 ? 'Greenlight' : 'Moodle'],
            ['kind', 'lesson'],
            ['course', `c${at % 100}`],
          ]),
        }),
      ),
    );
  });

  beforeEach(() => {
    most = 0;
    const counted = async <Item>(items: Promise<readonly Item[]>): Promise<readonly Item[]> => {
      most = Math.max(most, (await items).length);
      return items;
    };
    watched = {
      listKeys: (names, page) => counted(store.recordings.listKeys(names, page)),
      listPlaces: (filter) => counted(store.recordings.listPlaces(filter)),
    };
  });

  after(() => store.close());

  const find = async (filter: RecordingFilter): Promise<readonly string[]> =>
    (await findPlaces({ tenantId: 'default', holders: 'servers', ...filter }, watched)).map(
      ({ recordId }) => recordId,
    );

  it('is found some at a time', async () => {
    const prefixes = Array.from({ length: 16 }, (_, at) => at.toString(16));
    const origin: readonly [string, readonly string[]] = ['origin', ['Moodle']];
    const cases: readonly (readonly [RecordingFilter, (at: number) => boolean])[] = [
      [{ metadata: new Map([origin]) }, (at) => at % 7 !== 0],
      [{ metadata: new Map([origin]), states: ['deleted'] }, (at) => at % 35 !== 0 && at % 5 === 0],
      [{ metadata: new Map([origin, ['kind', ['lesson']]]) }, (at) => at % 7 !== 0],
      [
        { metadata: new Map([origin, ['course', ['c1', 'c2']]]) },
        (at) => at % 7 > 0 && [1, 2].includes(at % 100),
      ],
      [{ metadata: new Map([['origin', ['Moodle', 'Greenlight', '']]]) }, () => true],
      [{ recordIds: prefixes }, () => true],
      [{ recordIds: ['', '0', '00'] }, () => true],
      [{ recordIds: ['1'], metadata: new Map([origin]) }, (at) => at % 16 === 1 && at % 7 !== 0],
      [{ meetingIds: ['room-0', 'room-1'] }, () => true],
      [{ meetingIds: ['room-1'], metadata: new Map([origin]) }, (at) => at % 2 === 1 && at % 7 !== 0],
      [{ metadata: new Map([origin, ['kind', []]]) }, () => false],
    ];
    for (const [filter, fits] of cases) {
      expect(await find(filter)).to.deep.equal(idsOf(fits));
      expect(most).to.be.at.most(MOST_AT_ONCE);
    }
  });

  it('costs little more with thousands of other names', async () => {
    const recordIds = Array.from({ length: 5_000 }, (_, at) => idOf(at));
    const cpuOf = async (filter: RecordingFilter): Promise<number> => {
      const costs: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const before = process.cpuUsage();
        expect(await find(filter)).to.have.length.within(2_000, RECORDINGS);
        costs.push(process.cpuUsage(before).user);
      }
      return Math.min(...costs);
    };
    const metadata = new Map<string, readonly string[]>([
      ['origin', ['Moodle']],
      ['kind', ['lesson']],
    ]);
    const [alone, both] = [await cpuOf({ recordIds }), await cpuOf({ recordIds, metadata })];
    expect(both / alone).to.be.lessThan(4);
  });
});
