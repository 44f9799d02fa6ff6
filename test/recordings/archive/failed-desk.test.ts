import { expect } from 'chai';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/log.js';
import { ArchiveFault } from '../../../src/recordings/archive/archive-fault.js';
import { FailedDesk } from '../../../src/recordings/archive/failed-desk.js';
import { ImportDesk } from '../../../src/recordings/archive/import-desk.js';
import { SpoolWatch, type SpoolWatchDeps } from '../../../src/recordings/archive/spool-watch.js';
import { archiveRig, recordIdOf, recordingTar, type ArchiveRig } from '../../support/archive-rig.js';

const ID = recordIdOf('room');
const AT = 1_800_000_000_000;

describe('FailedDesk', () => {
  let rig: ArchiveRig;
  let folder: string;
  let watch: SpoolWatch;
  let failed: FailedDesk;
  let maxBytes: number;

  const open = (options: Partial<SpoolWatchDeps> = {}): void => {
    const desk = new ImportDesk({ importer: rig.importer, folders: rig.folders, maxBytes });
    watch = new SpoolWatch({ folder, desk, now: () => AT, logger: silentLogger, ...options });
    failed = new FailedDesk({ importer: rig.importer, spool: watch });
  };
  const look = async (): Promise<void> => {
    for (let at = 0; at < 2; at++) await watch.look(new AbortController().signal);
    await rig.importer.settled();
  };

  beforeEach(async () => {
    rig = await archiveRig();
    folder = mkdtempSync(join(tmpdir(), 'ballast-spool-'));
    maxBytes = 4000;
    open();
  });

  afterEach(async () => {
    await rig.remove();
    rmSync(folder, { recursive: true });
  });

  it('shows and counts a tar of the spool that is too large, with the setting, until it is taken', async () => {
    const path = join(folder, 'large.tar');
    const tar = await recordingTar(ID);
    writeFileSync(path, tar);
    expect(failed.count, 'before the start').to.equal(undefined);
    await rig.importer.start();
    await look();
    const [entry] = await failed.list();
    expect(entry).to.include({ name: 'spool/large.tar', sizeBytes: tar.length, failedAt: AT });
    expect(entry?.reason).to.equal(
      `its ${tar.length} bytes are more than recordings.maxImportSize (4000 bytes)`,
    );
    expect(failed.count).to.equal(1);
    // The setting is raised, and Ballast started anew.
    maxBytes = 100_000;
    open();
    await look();
    expect(await failed.list()).to.deep.equal([]);
    expect(failed.count).to.equal(0);
    expect(await rig.archive.find(ID)).to.include({ recordId: ID });
    expect(existsSync(path)).to.equal(false);
  });

  it('shows those that were put aside before those of the spool', async () => {
    writeFileSync(join(folder, 'empty.tar'), '');
    await rig.importTar(Buffer.alloc(2048, 'x'), 'lecture.tar');
    await look();
    const [aside, spooled] = await failed.list();
    expect(aside?.name).to.match(/^[0-9a-f]{12}-lecture\.tar$/);
    expect(spooled).to.include({ name: 'spool/empty.tar' });
    expect(spooled?.reason).to.include('it is empty');
    expect(failed.count).to.equal(2);
  });

  it('no longer shows what was taken out of the spool by hand', async () => {
    writeFileSync(join(folder, 'empty.tar'), '');
    await look();
    expect(await failed.list()).to.have.length(1);
    rmSync(join(folder, 'empty.tar'));
    await look();
    expect(await failed.list()).to.deep.equal([]);
  });

  it('looks at a tar of the spool again, or deletes it, on request', async () => {
    const path = join(folder, 'empty.tar');
    writeFileSync(path, '');
    await look();
    expect(await failed.retry('spool/empty.tar')).to.include({ name: 'spool/empty.tar' });
    expect(await failed.list()).to.deep.equal([]);
    expect(await failed.drop('spool/empty.tar')).to.equal(undefined);
    await look();
    expect(await failed.list()).to.have.length(1);
    expect(await failed.drop('spool/empty.tar')).to.include({ name: 'spool/empty.tar' });
    expect(existsSync(path)).to.equal(false);
    expect(await failed.list()).to.deep.equal([]);
    for (const name of ['spool/../empty.tar', 'spool/nothing', 'nothing'])
      expect(await failed.retry(name), name).to.equal(undefined);
  });

  it('does not delete a newer tar of the same name in the spool', async () => {
    const path = join(folder, 'lecture.tar');
    writeFileSync(path, '');
    await look();
    expect(await failed.list()).to.have.length(1);
    maxBytes = 100_000;
    writeFileSync(path, await recordingTar(ID));
    expect(await failed.drop('spool/lecture.tar')).to.equal(undefined);
    expect(existsSync(path)).to.equal(true);
    expect(await failed.list()).to.deep.equal([]);
    open();
    await look();
    expect(await rig.archive.find(ID)).to.include({ recordId: ID });
  });

  it('says that a tar of the spool may not be removed, and goes on showing it', async () => {
    open({ remove: () => Promise.reject(new Error('EROFS: read-only file system')) });
    writeFileSync(join(folder, 'empty.tar'), '');
    await look();
    const fault: unknown = await failed.drop('spool/empty.tar').catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(ArchiveFault).and.include({ kind: 'busy' });
    expect(await failed.list()).to.have.length(1);
  });

  it('shows what cannot be read in the spool with the time it began', async () => {
    let at = AT;
    let isReadable = false;
    const takeWhole: SpoolWatchDeps['desk']['takeWhole'] = async (_stream, name) => {
      if (!isReadable) throw new Error('EACCES: permission denied');
      return { id: name, step: 'received', offset: 1, recordIds: [] };
    };
    open({ desk: { takeWhole }, now: () => at++ });
    writeFileSync(join(folder, 'secret.tar'), 'x');
    await look();
    await look();
    const [entry] = await failed.list();
    expect(entry).to.include({ name: 'spool/secret.tar', failedAt: AT });
    expect(entry?.reason).to.equal(
      'cannot be taken now, and is tried again by itself: EACCES: permission denied',
    );
    isReadable = true;
    await look();
    expect(await failed.list()).to.deep.equal([]);
  });
});
