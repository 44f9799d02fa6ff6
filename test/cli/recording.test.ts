import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RecordingAdmin } from '../../src/admin/recording-admin.js';
import { ArchiveFault } from '../../src/recordings/archive/archive-fault.js';
import type { FailedImport } from '../../src/recordings/archive/failed-desk.js';
import type { IndexedRecording, RecordingFilter } from '../../src/recordings/recording-index.js';
import { startAdmin, TOKENS } from '../support/admin-rig.js';
import { FakeTerminal } from '../support/fake-terminal.js';

const AT = 1_700_000_000_000;

const failed: FailedImport = {
  id: 'ab'.repeat(32),
  name: 'abababababab-lecture.tar',
  sizeBytes: 10,
  reason: 'it cannot be unpacked',
  receivedAt: AT,
  failedAt: AT,
};

function indexed(recordId: string, serverId: string): IndexedRecording {
  return {
    ...{
      recordId,
      serverId,
      tenantId: 'default',
      meetingId: 'room',
      parentId: undefined,
      state: 'published',
    },
    ...{ startTime: AT, endTime: AT, metadata: new Map(), xml: Buffer.alloc(0), digest: '', readAt: 0 },
  };
}

describe('ballast recording', () => {
  let admin: Awaited<ReturnType<typeof startAdmin>>;
  let folder: string;
  let terminal: FakeTerminal;
  let filters: RecordingFilter[];
  let retried: string[];
  let dropped: string[];
  let expiries: boolean[];
  let listed: IndexedRecording[];
  let keepForMs: number | undefined;

  beforeEach(async () => {
    filters = [];
    retried = [];
    dropped = [];
    expiries = [];
    listed = [indexed('rec-1', ''), indexed('rec-2', 'bbb1')];
    keepForMs = 1000;
    const expired = [{ recordId: 'old', tenantId: 'default', name: 'Lecture', endTime: AT }];
    const refuse = (): Promise<never> => Promise.reject(new Error('not asked for'));
    const recordings: RecordingAdmin = {
      index: {
        listRecordings: async (filter) => {
          filters.push(filter);
          return listed;
        },
      },
      archive: {
        desk: { takeWhole: refuse, takePiece: refuse, status: refuse },
        failed: {
          list: async () => [failed],
          retry: async (name) => {
            retried.push(name);
            if (name === 'gone.tar') throw new ArchiveFault('gone', 'its file is gone');
            return name === failed.name ? failed : undefined;
          },
          drop: async (name) => {
            dropped.push(name);
            return name === failed.name || name === 'spool/large.tar' ? failed : undefined;
          },
        },
        get keepForMs() {
          return keepForMs;
        },
        expire: async (isDryRun) => {
          expiries.push(isDryRun);
          return keepForMs === undefined ? [] : expired;
        },
      },
    };
    admin = await startAdmin(['bbb1'], { recordings });
    folder = mkdtempSync(join(tmpdir(), 'ballast-cli-'));
    const env = { BALLAST_URL: admin.url.replace('/admin/v1', '/'), BALLAST_TOKEN: TOKENS.admin };
    terminal = new FakeTerminal(folder, { env });
  });

  afterEach(async () => {
    await admin.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists recordings with where they are, filtered as asked', async () => {
    const filter = ['--tenant', 'school', '--meeting', 'room', '--state', 'published', '--limit', '5'];
    expect(await terminal.run(['recording', 'list', ...filter])).to.equal(0);
    expect(filters[0]).to.include({ tenantId: 'school' });
    expect(filters[0]?.meetingIds).to.deep.equal(['room']);
    const [heading, first, second] = terminal.printed.split('\n');
    expect(heading).to.match(/^TENANT +MEETING +RECORDING +ON +STATE +BEGAN/);
    expect(first).to.match(/rec-1 +archive/);
    expect(second).to.match(/rec-2 +bbb1/);
  });

  it('says that a tenant or server is not there, and still shows what a removed one left', async () => {
    for (const [option, said] of [
      ['--tenant', 'there is no tenant nope'],
      ['--server', 'there is no server nope'],
    ] as const) {
      listed = [indexed('rec-1', 'nope')];
      expect(await terminal.run(['recording', 'list', option, 'nope'])).to.equal(0);
      listed = [];
      expect(await terminal.run(['recording', 'list', option, 'nope'])).to.equal(1);
      expect(terminal.complained).to.include(said);
    }
    for (const known of [['--tenant', 'default'], ['--server', 'bbb1'], []])
      expect(await terminal.run(['recording', 'list', ...known])).to.equal(0);
    expect(terminal.printed).to.include('No recordings.');
  });

  it('takes "archive" for a server, as the list shows it, and any state', async () => {
    expect(await terminal.run(['recording', 'list', '--server', 'archive', '--state', 'any'])).to.equal(0);
    expect(filters[0]).to.include({ serverId: '' }).and.not.have.property('states');
  });

  it('refuses a state or a number of rows that cannot be', async () => {
    expect(await terminal.run(['recording', 'list', '--state', 'bogus'])).to.equal(2);
    expect(terminal.complained).to.include('published, unpublished, processing, processed, deleted, any');
    expect(await terminal.run(['recording', 'list', '--limit', '0'])).to.equal(2);
    expect(terminal.complained).to.include('a whole number from 1 to 1000');
    expect(filters).to.deep.equal([]);
    for (const query of ['state=bogus', 'limit=0', 'limit=x']) {
      const refused = await admin.call('GET', `/recordings?${query}`);
      expect(refused.status).to.equal(400);
      expect(refused.text).to.match(/state: one of published, |limit: a whole number from 1 to 1000/);
    }
  });

  it('shows what could not be imported and why, and tries it again', async () => {
    expect(await terminal.run(['recording', 'list', '--failed'])).to.equal(0);
    expect(terminal.printed).to.match(
      /abababababab-lecture\.tar +2023-11-14 22:13:20Z +it cannot be unpacked/,
    );
    expect(await terminal.run(['recording', 'retry', 'abababababab-lecture.tar'])).to.equal(0);
    expect(retried).to.deep.equal(['abababababab-lecture.tar']);
    expect(admin.audit[0]).to.include({ action: 'recording.retry', target: 'abababababab-lecture.tar' });
    expect(await terminal.run(['recording', 'retry', 'nothing'])).to.equal(1);
    expect(terminal.complained).to.include('no failed import is called nothing');
    expect(await terminal.run(['recording', 'retry', 'gone.tar'])).to.equal(1);
    expect(terminal.complained).to.include('its file is gone');
  });

  it('deletes what could not be imported, also in the spool', async () => {
    for (const name of [failed.name, 'spool/large.tar']) {
      expect(await terminal.run(['recording', 'drop', name])).to.equal(0);
      expect(terminal.printed).to.include(`${name} is deleted.`);
    }
    expect(dropped).to.deep.equal([failed.name, 'spool/large.tar']);
    expect(admin.audit.map(({ target }) => target)).to.have.members(dropped);
    expect(admin.audit[0]).to.include({ action: 'recording.drop' });
    expect(admin.audit[0]?.detail).to.include('it cannot be unpacked');
    expect(await terminal.run(['recording', 'drop', 'nothing'])).to.equal(1);
    expect(terminal.complained).to.include('no failed import is called nothing');
  });

  it('shows what is over its time without deleting it, and deletes it', async () => {
    expect(await terminal.run(['recording', 'expire', '--dry-run'])).to.equal(0);
    expect(terminal.printed).to.include('1 would be deleted.');
    expect(admin.audit).to.deep.equal([]);
    expect(await terminal.run(['recording', 'expire'])).to.equal(0);
    expect(terminal.printed).to.include('1 deleted.');
    expect(expiries).to.deep.equal([true, false]);
    expect(admin.audit[0]?.detail).to.equal('1 deleted: old');
  });

  it('says that nothing is ever over where no time is set', async () => {
    keepForMs = undefined;
    expect(await terminal.run(['recording', 'expire', '--dry-run'])).to.equal(0);
    expect(terminal.printed).to.include('recordings.keepFor is not set');
    await admin.tenants.save({ ...admin.tenants.default, id: 'north', recordings: { keepForMs: 1000 } });
    expect(await terminal.run(['recording', 'expire', '--dry-run'])).to.equal(0);
    expect(terminal.printed).to.include('No recording is over its time.');
  });
});
