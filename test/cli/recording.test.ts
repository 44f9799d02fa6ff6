import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RecordingAdmin } from '../../src/admin/recording-admin.js';
import type { RecordingImport } from '../../src/recordings/archive/recording-import.js';
import type { IndexedRecording, RecordingFilter } from '../../src/recordings/recording-index.js';
import { startAdmin, TOKENS } from '../support/admin-rig.js';
import { FakeTerminal } from '../support/fake-terminal.js';

const AT = 1_700_000_000_000;

const failed: RecordingImport = {
  id: 'ab'.repeat(32),
  name: 'lecture.tar',
  sizeBytes: 10,
  step: 'failed',
  reason: 'it cannot be unpacked',
  found: [],
  receivedAt: AT,
  changedAt: AT,
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
  let expiries: boolean[];

  beforeEach(async () => {
    filters = [];
    retried = [];
    expiries = [];
    const expired = [{ recordId: 'old', tenantId: 'default', name: 'Lecture', endTime: AT }];
    const refuse = (): Promise<never> => Promise.reject(new Error('not asked for'));
    const recordings: RecordingAdmin = {
      index: {
        listRecordings: async (filter) => {
          filters.push(filter);
          return [indexed('rec-1', ''), indexed('rec-2', 'bbb1')];
        },
      },
      archive: {
        desk: { takeWhole: refuse, takePiece: refuse, status: refuse },
        importer: {
          failed: async () => [failed],
          retry: async (name) => {
            retried.push(name);
            return name === 'abababababab-lecture.tar' ? failed : undefined;
          },
        },
        expire: async (isDryRun) => {
          expiries.push(isDryRun);
          return expired;
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
});
