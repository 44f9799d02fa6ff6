import { expect } from 'chai';
import { RawQuery } from '../../src/bbb/raw-query.js';
import type { BbbAnswer } from '../../src/bbb/bbb-answer.js';
import { silentLogger } from '../../src/log.js';
import type { ArchiveChanges } from '../../src/recordings/archive-changes.js';
import { ChangeRetries } from '../../src/recordings/change-retries.js';
import { RecordingChanges } from '../../src/recordings/recording-changes.js';
import type { Holders } from '../../src/recordings/recording-index.js';
import { RecordingList } from '../../src/recordings/recording-list.js';
import { ServerTurns } from '../../src/recordings/server-turns.js';
import { openStore, type Store } from '../../src/store/open-store.js';
import { indexedRecording } from '../support/indexed-recording.js';
import { serverDefinition } from '../support/poll-xml.js';
import { recordIdsIn } from '../support/recording-rig.js';

describe('recordings that an archive and servers have', () => {
  let store: Store;
  let changed: string[];

  beforeEach(async () => {
    store = await openStore('sqlite::memory:', { logger: silentLogger });
    changed = [];
    await store.recordings.saveRecordings([
      indexedRecording('both', { serverId: '', startTime: 3 }),
      indexedRecording('both', { serverId: 'bbb1', startTime: 3 }),
      indexedRecording('archived', { serverId: '', startTime: 2 }),
      indexedRecording('served', { serverId: 'bbb1', startTime: 1 }),
    ]);
  });

  afterEach(() => store.close());

  const archive: ArchiveChanges = {
    change: async (recordings) => {
      changed.push(...recordings.map(({ recordId }) => `archive ${recordId}`));
    },
  };
  const changing = (given: ArchiveChanges | undefined) => ({
    client: {
      call: async (): Promise<BbbAnswer> => {
        changed.push('bbb1');
        const rest = { contentType: undefined, location: undefined, dateMs: undefined, setCookies: [] };
        return { status: 200, body: Buffer.from(''), returnCode: 'SUCCESS', messageKey: undefined, ...rest };
      },
    },
    servers: () => [{ address: serverDefinition('bbb1'), isGone: false, isDisabled: false }],
    ...{ store: store.recordings, changes: store.recordingChanges, archive: given },
    ...{ ask: async () => undefined, readSoon: () => undefined, onKept: () => undefined },
    ...{ turns: new ServerTurns(), now: () => 100, logger: silentLogger },
  });

  const listed = async (holders: Holders, query: string) => {
    const deps = { store: store.recordings, holders, findGap: async () => undefined, playbackUrl: undefined };
    const { first, total } = await new RecordingList(deps).find('default', RawQuery.parse(query));
    return [...recordIdsIn(Buffer.concat(first).toString()), total];
  };

  it('are listed once where the archive is in use, and counted once', async () => {
    expect(await listed('archive-first', 'limit=9')).to.deep.equal(['both', 'archived', 'served', 3]);
    expect(await listed('archive-first', 'recordID=both')).to.deep.equal(['both', undefined]);
  });

  it('are neither listed nor changed as the archive has them while it is not in use', async () => {
    expect(await listed('servers', 'limit=9')).to.deep.equal(['both', 'served', 2]);
    const changes = new RecordingChanges(changing(undefined));
    await changes.change('default', 'publishRecordings', RawQuery.parse('recordID=both&publish=false'));
    expect(changed).to.deep.equal(['bbb1']);
    const refused = await changes
      .change('default', 'deleteRecordings', RawQuery.parse('recordID=archived'))
      .catch((error: unknown) => error);
    expect(refused).to.have.property('messageKey', 'notFound');
  });

  it('are changed wherever they are, so that none comes back', async () => {
    const changes = new RecordingChanges(changing(archive));
    await changes.change('default', 'deleteRecordings', RawQuery.parse('recordID=both'));
    expect(changed).to.have.members(['archive both', 'bbb1']);
  });

  it('have changes of the archive wait until it is in use again', async () => {
    const change = {
      recordId: 'both',
      serverId: '',
      call: 'publishRecordings',
      query: 'publish=false',
    } as const;
    await store.recordingChanges.replaceChanges([], [{ ...change, askedAt: 0, attempts: 0, dueAt: 0 }]);
    const { signal } = new AbortController();
    await (await ChangeRetries.load(changing(undefined))).retry(signal);
    expect(await store.recordingChanges.listChanges()).to.have.nested.property('[0].attempts', 0);
    await (await ChangeRetries.load(changing(archive))).retry(signal);
    expect(changed).to.deep.equal(['archive both']);
  });
});
