import { expect } from 'chai';
import type { BbbAnswer } from '../../src/bbb/bbb-answer.js';
import type { BbbRequest } from '../../src/bbb/bbb-request.js';
import { RawQuery } from '../../src/bbb/raw-query.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { silentLogger } from '../../src/log.js';
import { RecordingChanges } from '../../src/recordings/recording-changes.js';
import { ServerTurns } from '../../src/recordings/server-turns.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { indexedRecording } from '../support/indexed-recording.js';
import { serverDefinition } from '../support/poll-xml.js';

const RECORDINGS = 1_200;
const SERVERS = ['bbb1', 'bbb2'];

type Answers = (serverId: string, recordIds: readonly string[]) => Promise<'SUCCESS' | 'notFound'>;

describe('a change of thousands of recordings', () => {
  let store: Store;
  let now: number;
  let answers: Answers;
  let underWay: Map<string, number>;
  let most: Map<string, number>;
  let timeouts: number[];
  let told: { readonly serverId: string; readonly recordIds: readonly string[] }[];

  const idOf = (at: number): string => `r${String(at).padStart(4, '0')}`;
  const ids = Array.from({ length: RECORDINGS }, (_, at) => idOf(at));

  beforeEach(async () => {
    store = await openStore('sqlite::memory:', { logger: silentLogger });
    now = 100;
    answers = async () => 'SUCCESS';
    underWay = new Map();
    most = new Map();
    told = [];
    timeouts = [];
    await store.recordings.saveRecordings(
      ids.flatMap((id) => SERVERS.map((serverId) => indexedRecording(id, { serverId }))),
    );
  });

  afterEach(() => store.close());

  async function call({ id }: ServerAddress, { query, timeoutMs }: BbbRequest): Promise<BbbAnswer> {
    const recordIds = (RawQuery.parse(query).get('recordID') ?? '').split(',');
    timeouts.push(now + timeoutMs);
    told.push({ serverId: id, recordIds });
    underWay.set(id, (underWay.get(id) ?? 0) + 1);
    most.set(id, Math.max(most.get(id) ?? 0, underWay.get(id) ?? 0));
    await new Promise((resolve) => setImmediate(resolve));
    try {
      const key = await answers(id, recordIds);
      const [returnCode, messageKey] =
        key === 'SUCCESS' ? (['SUCCESS', undefined] as const) : (['FAILED', key] as const);
      const rest = { contentType: undefined, location: undefined, dateMs: undefined, setCookies: [] };
      return { status: 200, body: Buffer.from(`<of>${recordIds[0]}</of>`), returnCode, messageKey, ...rest };
    } finally {
      underWay.set(id, (underWay.get(id) ?? 1) - 1);
    }
  }

  const publish = () =>
    new RecordingChanges({
      client: { call },
      servers: () =>
        SERVERS.map((id) => ({ address: serverDefinition(id), isGone: false, isDisabled: false })),
      ...{ store: store.recordings, changes: store.recordingChanges, archive: undefined },
      ...{ ask: async () => undefined, readSoon: () => undefined, onKept: () => undefined },
      ...{ turns: new ServerTurns(), now: () => now, logger: silentLogger },
    }).change('default', 'publishRecordings', RawQuery.parse(`publish=false&recordID=${ids.join()}`));

  const waiting = async (serverId: string): Promise<number> =>
    (await store.recordingChanges.listChanges()).filter((it) => it.serverId === serverId).length;

  it('is told each server a few recordings at a time, each once', async () => {
    const answer = await publish();
    for (const id of SERVERS) {
      expect(most.get(id)).to.be.within(2, 4);
      const named = told.filter(({ serverId }) => serverId === id).flatMap(({ recordIds }) => recordIds);
      expect(named).to.deep.equal(ids);
    }
    expect(answer.body.toString()).to.equal(`<of>${idOf(0)}</of>`);
    expect(await store.recordings.countRecordings({ states: ['unpublished'] })).to.equal(2 * RECORDINGS);
    expect(await store.recordingChanges.listChanges()).to.deep.equal([]);
  });

  it('waits for no server that another holds up', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const ofOther = (): number => told.filter(({ serverId }) => serverId === 'bbb2').length;
    answers = async (serverId) => {
      if (serverId === 'bbb1') await held;
      else if (ofOther() === RECORDINGS / 50) release();
      return 'SUCCESS';
    };
    expect(await publish()).to.include({ returnCode: 'SUCCESS', messageKey: undefined });
  });

  it('is not told on to a server that does not answer, and waits for it', async () => {
    answers = async (serverId) => {
      if (serverId === 'bbb1') throw new Error('timed out');
      return 'SUCCESS';
    };
    expect(await publish()).to.include({ returnCode: 'SUCCESS', messageKey: 'changePending' });
    expect(told.filter(({ serverId }) => serverId === 'bbb1').length).to.be.within(1, 4);
    expect([await waiting('bbb1'), await waiting('bbb2')]).to.deep.equal([RECORDINGS, 0]);
  });

  it('goes on where a server has some of them no more', async () => {
    answers = async (serverId, [first]) =>
      serverId === 'bbb1' && first === idOf(50) ? 'notFound' : 'SUCCESS';
    expect(await publish()).to.include({ returnCode: 'SUCCESS', messageKey: undefined });
    expect(told).to.have.length((2 * RECORDINGS) / 50);
    expect(await waiting('bbb1')).to.equal(0);
  });

  it('is answered although a server takes long, which is told of the others later', async () => {
    answers = async (serverId) => {
      if (serverId === 'bbb1') now += 5_000;
      return 'SUCCESS';
    };
    expect(await publish()).to.include({ returnCode: 'SUCCESS', messageKey: 'changePending' });
    const calls = told.filter(({ serverId }) => serverId === 'bbb1').length;
    expect(calls).to.be.lessThan(12);
    // Who asked is answered soon after half a minute.
    expect(Math.max(...timeouts)).to.be.within(100 + 30_000, 100 + 35_000);
    expect(await waiting('bbb1')).to.equal(RECORDINGS - calls * 50);
  });
});
