import { expect } from 'chai';
import type { BbbAnswer } from '../../src/bbb/bbb-answer.js';
import type { BbbRequest } from '../../src/bbb/bbb-request.js';
import type { ServerAddress } from '../../src/bbb/server-address.js';
import { UpstreamError } from '../../src/bbb/upstream-error.js';
import { silentLogger } from '../../src/log.js';
import { ChangeRetries } from '../../src/recordings/change-retries.js';
import { ServerTurns } from '../../src/recordings/server-turns.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { indexedRecording } from '../support/indexed-recording.js';
import { pendingChange as pending } from '../support/pending-change.js';
import { serverDefinition } from '../support/poll-xml.js';

const DAY_MS = 86_400_000;
describe('changes that are made later', () => {
  let store: Store;
  let now: number;
  let isGone: boolean;
  let answerOf: () => string | Error;
  let sent: string[];
  let retries: ChangeRetries;
  let turns: ServerTurns;
  let logger: RecordingLogger;

  const load = (): Promise<ChangeRetries> =>
    ChangeRetries.load({
      client: { call },
      servers: () => [{ address: serverDefinition('bbb1'), isGone, isDisabled: false }],
      store: store.recordings,
      changes: store.recordingChanges,
      readSoon: () => undefined,
      turns,
      now: () => now,
      logger,
    });
  const call = async (server: ServerAddress, request: BbbRequest): Promise<BbbAnswer> => {
    sent.push(`${server.id} ${request.call} ${request.query}`);
    const code = answerOf();
    if (code instanceof Error) throw code;
    const messageKey = code === 'SUCCESS' ? undefined : code;
    const rest = { contentType: undefined, location: undefined, dateMs: undefined, setCookies: [] };
    const returnCode = code === 'SUCCESS' ? 'SUCCESS' : 'FAILED';
    return { status: 200, body: Buffer.from(''), returnCode, messageKey, ...rest };
  };
  const { signal } = new AbortController();
  const stateOf = async (): Promise<string | undefined> =>
    (await store.recordings.findRecordings(['a']))[0]?.state;

  beforeEach(async () => {
    store = await openStore('sqlite::memory:', { logger: silentLogger });
    [now, isGone, sent] = [1_000, false, []];
    [turns, logger] = [new ServerTurns(), new RecordingLogger()];
    answerOf = () => 'SUCCESS';
    await store.recordings.saveRecordings([indexedRecording('a', { readAt: 1 })]);
    await store.recordingChanges.replaceChanges([], [pending('publish publish=false', { dueAt: 5_000 })]);
    retries = await load();
  });

  afterEach(() => store.close());

  it('are sent when they are due, and the index follows', async () => {
    await retries.retry(signal);
    expect(sent).to.deep.equal([]);
    expect(retries.pending).to.equal(1);
    now = 5_000;
    await retries.retry(signal);
    expect(sent).to.deep.equal(['bbb1 publishRecordings publish=false&recordID=a']);
    expect(await stateOf()).to.equal('unpublished');
    expect(retries.pending).to.equal(0);
  });

  it('of two formats are sent one after the other', async () => {
    await store.recordingChanges.replaceChanges(
      [pending('publish publish=false')],
      [pending('delete format=video&format=podcast')],
    );
    await retries.retry(signal);
    expect(sent).to.deep.equal([
      'bbb1 deleteRecordings format=video&recordID=a',
      'bbb1 deleteRecordings format=podcast&recordID=a',
    ]);
  });

  it('of many recordings are told many at a time', async () => {
    const ids = Array.from({ length: 120 }, (_, at) => `b${String(at).padStart(3, '0')}`);
    await store.recordings.saveRecordings(ids.map((id) => indexedRecording(id, { readAt: 1 })));
    await store.recordingChanges.replaceChanges(
      [],
      ids.map((recordId) => pending('publish publish=false', { recordId, dueAt: 5_000 })),
    );
    now = 5_000;
    await retries.retry(signal);
    expect(sent).to.have.length(3);
    expect(await store.recordings.countRecordings({ states: ['unpublished'] })).to.equal(121);
    expect(retries.pending).to.equal(0);
  });

  it('are told one by one where a server refuses them together', async () => {
    await store.recordings.saveRecordings(['b', 'c'].map((id) => indexedRecording(id, { readAt: 1 })));
    await store.recordingChanges.replaceChanges(
      [],
      ['b', 'c'].map((recordId) => pending('publish publish=false', { recordId, dueAt: 5_000 })),
    );
    answerOf = () => (/recordID=.*b(,|%2C|$)/.test(sent.at(-1) ?? '') ? 'broken' : 'SUCCESS');
    now = 5_000;
    await retries.retry(signal);
    expect(sent.map((line) => decodeURIComponent(line.split('recordID=')[1] ?? ''))).to.deep.equal([
      'a,b,c',
      'a',
      'b',
      'c',
    ]);
    expect(
      (await store.recordingChanges.listChanges()).map((it) => [it.recordId, it.attempts]),
    ).to.deep.equal([['b', 1]]);
  });

  it('are told fewer at a time where a server takes too long for so many', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `b${String(at).padStart(3, '0')}`);
    await store.recordings.saveRecordings(ids.map((id) => indexedRecording(id, { readAt: 1 })));
    await store.recordingChanges.replaceChanges(
      [],
      ids.map((recordId) => pending('publish publish=false', { recordId, dueAt: 5_000 })),
    );
    answerOf = () => {
      const told = decodeURIComponent((sent.at(-1) ?? '').split('recordID=')[1] ?? '').split(',');
      return told.length > 10 ? new UpstreamError('bbb1', 'timeout', 'no answer', true) : 'SUCCESS';
    };
    for (let look = 0; look < 16; look += 1) {
      now += 3_600_000;
      await retries.retry(signal);
    }
    expect(retries.pending).to.equal(0);
    expect(await store.recordings.countRecordings({ states: ['unpublished'] })).to.equal(61);
  });

  it('wait longer after each failure, also after a start', async () => {
    answerOf = () => new UpstreamError('bbb1', 'timeout', 'no answer', true);
    now = 5_000;
    await retries.retry(signal);
    retries = await load();
    expect(retries.pending).to.equal(1);
    now += 9_999;
    await retries.retry(signal);
    expect(sent).to.have.length(1);
    now += 1;
    await retries.retry(signal);
    now += 19_999;
    await retries.retry(signal);
    expect(sent).to.have.length(2);
    expect(await stateOf()).to.equal('published');
  });

  it('are not sent to a server that is away, and at once when it is back', async () => {
    isGone = true;
    now = 10_000;
    await retries.retry(signal);
    expect(sent).to.deep.equal([]);
    isGone = false;
    now = 2_000;
    await retries.onAnswering('bbb1', signal);
    expect(sent).to.have.length(1);
    expect(await stateOf()).to.equal('unpublished');
  });

  it('end where the server no longer has the recording', async () => {
    answerOf = () => 'notFound';
    now = 5_000;
    await retries.retry(signal);
    expect(retries.pending).to.equal(0);
    expect(logger.lines.join()).to.include('no longer has').and.not.to.include('is done');
  });

  it('are given up after a week, and the index shows what the server has', async () => {
    answerOf = () => 'somethingElse';
    now = 7 * DAY_MS + 1;
    await retries.retry(signal);
    expect(retries.pending).to.equal(0);
    expect(await stateOf()).to.equal('published');
    expect(logger.lines).to.deep.equal([
      'error a change of a recording was given up: its server refuses it (somethingElse)',
    ]);
  });

  it('give way to a new change of their server', async () => {
    await store.recordings.saveRecordings([indexedRecording('b', { readAt: 1 })]);
    await store.recordingChanges.replaceChanges([], [pending('delete', { recordId: 'b', dueAt: 5_000 })]);
    let direct: Promise<number> | undefined;
    answerOf = () => {
      direct ??= turns.direct(['bbb1'], async () => sent.length);
      return 'SUCCESS';
    };
    now = 5_000;
    await retries.retry(signal);
    expect(await direct).to.equal(1);
    await retries.onAnswering('bbb1', signal);
    expect(sent).to.have.length(2);
  });

  it('leave with their server', async () => {
    await store.recordingChanges.replaceChanges([], [pending('delete', { serverId: 'gone' })]);
    retries = await load();
    expect(retries.pending).to.equal(1);
  });
});
