import { expect } from 'chai';
import { RawQuery } from '../../src/bbb/raw-query.js';
import { silentLogger } from '../../src/log.js';
import { ChangeBook, type NotedChange } from '../../src/recordings/change-book.js';
import type { SendOutcome } from '../../src/recordings/change-sender.js';
import type { ChangeCall, RecordingChangeStore } from '../../src/recordings/pending-change.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { indexedRecording } from '../support/indexed-recording.js';

const DONE: SendOutcome = { kind: 'done', answer: undefined };
const FAILED: SendOutcome = { kind: 'failed', cause: new Error('timed out') };

describe('the notes of changes that are being sent', () => {
  let store: Store;
  let book: ChangeBook;

  beforeEach(async () => {
    store = await openStore('sqlite::memory:', { logger: silentLogger });
    book = new ChangeBook({
      changes: store.recordingChanges,
      onKept: () => undefined,
      // Several changes may come in one millisecond.
      now: () => 1_000,
      logger: silentLogger,
    });
  });

  afterEach(() => store.close());

  const note = (call: ChangeCall, query: string): Promise<readonly NotedChange[]> => {
    const recordings = [indexedRecording('a', { serverId: 'bbb1' })];
    return book.note([{ serverId: 'bbb1', recordings, call, query: RawQuery.parse(query) }]);
  };
  const waiting = async (): Promise<readonly string[]> => {
    const rows = await store.recordingChanges.listChanges();
    return rows.map(({ call, query }) => `${call} ${query}`).sort();
  };

  it('do not bring back a change that was done while a later one that nobody did was under way', async () => {
    const unpublish = await note('publishRecordings', 'publish=false');
    const publish = await note('publishRecordings', 'publish=true');
    await book.settle(unpublish, [DONE]);
    expect(await waiting()).to.deep.equal(['publishRecordings publish=true']);
    await book.withdraw(publish);
    expect(await waiting()).to.deep.equal([]);
  });

  it('leave a later change alone when an earlier one is withdrawn', async () => {
    await book.settle(await note('publishRecordings', 'publish=true'), [FAILED]);
    const unpublish = await note('publishRecordings', 'publish=false');
    const publish = await note('publishRecordings', 'publish=false');
    await book.withdraw(unpublish);
    expect(await waiting()).to.deep.equal(['publishRecordings publish=false']);
    await book.withdraw(publish);
    expect(await waiting()).to.deep.equal(['publishRecordings publish=true']);
  });

  it('put back what waited before, whichever of two is withdrawn first', async () => {
    await book.settle(await note('publishRecordings', 'publish=true'), [FAILED]);
    const unpublish = await note('publishRecordings', 'publish=false');
    const remove = await note('deleteRecordings', '');
    await book.withdraw(remove);
    expect(await waiting()).to.deep.equal(['publishRecordings publish=false']);
    await book.withdraw(unpublish);
    expect(await waiting()).to.deep.equal(['publishRecordings publish=true']);
  });

  it('keep an earlier change that failed, once the later one is withdrawn', async () => {
    const unpublish = await note('publishRecordings', 'publish=false');
    const publish = await note('publishRecordings', 'publish=true');
    await book.settle(unpublish, [FAILED]);
    expect(await waiting()).to.deep.equal(['publishRecordings publish=true']);
    await book.withdraw(publish);
    expect(await waiting()).to.deep.equal(['publishRecordings publish=false']);
    const [row] = await store.recordingChanges.listChanges();
    expect(row?.dueAt).to.equal(11_000);
  });

  it('do not keep an earlier change that failed when a later one was done', async () => {
    const unpublish = await note('publishRecordings', 'publish=false');
    const publish = await note('publishRecordings', 'publish=true');
    await book.settle(publish, [DONE]);
    await book.settle(unpublish, [FAILED]);
    expect(await waiting()).to.deep.equal([]);
  });

  it('keep a later change that failed although an earlier one was done meanwhile', async () => {
    const unpublish = await note('publishRecordings', 'publish=false');
    const publish = await note('publishRecordings', 'publish=true');
    await book.settle(unpublish, [DONE]);
    await book.settle(publish, [FAILED]);
    expect(await waiting()).to.deep.equal(['publishRecordings publish=true']);
  });

  it('of metadata that are written together lose only what was withdrawn or done', async () => {
    await book.settle(await note('updateRecordings', 'meta_a=0'), [FAILED]);
    const first = await note('updateRecordings', 'meta_x=1&meta_y=1');
    const second = await note('updateRecordings', 'meta_y=2');
    const third = await note('updateRecordings', 'meta_z=3');
    const joined = await waiting();
    expect(joined).to.deep.equal(['updateRecordings meta_a=0&meta_x=1&meta_y=2&meta_z=3']);
    await book.withdraw(first);
    expect(await waiting()).to.deep.equal(['updateRecordings meta_a=0&meta_y=2&meta_z=3']);
    await book.settle(third, [DONE]);
    expect(await waiting()).to.deep.equal(['updateRecordings meta_a=0&meta_y=2']);
    await book.withdraw(second);
    expect(await waiting()).to.deep.equal(['updateRecordings meta_a=0']);
  });

  it('are taken back whole where a part of them cannot be written', async () => {
    await book.settle(await note('publishRecordings', 'publish=true'), [FAILED]);
    const before = await store.recordingChanges.listChanges();
    let isBroken = true;
    const changes: RecordingChangeStore = {
      ...store.recordingChanges,
      replaceChanges: async (gone, kept) => {
        const isCut = isBroken;
        isBroken = false;
        await store.recordingChanges.replaceChanges(gone, isCut ? kept.slice(0, 2) : kept);
        if (isCut) throw new Error('the disk is full');
      },
    };
    const cut = new ChangeBook({ changes, onKept: () => undefined, now: () => 2_000, logger: silentLogger });
    const recordings = ['a', 'b', 'c'].map((id) => indexedRecording(id, { serverId: 'bbb1' }));
    const call = 'deleteRecordings';
    const noted = cut.note([{ serverId: 'bbb1', recordings, call, query: RawQuery.parse('') }]);
    expect(await noted.catch(String)).to.include('the disk is full');
    expect(await store.recordingChanges.listChanges()).to.deep.equal(before);
  });

  it('may be made at the same time', async () => {
    const [unpublish, publish] = await Promise.all([
      note('publishRecordings', 'publish=false'),
      note('publishRecordings', 'publish=true'),
    ]);
    await Promise.all([book.withdraw(publish), book.settle(unpublish, [DONE])]);
    expect(await waiting()).to.deep.equal([]);
  });
});
