import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ArchiveFault } from '../../../src/recordings/archive/archive-fault.js';
import { ArchiveFolders } from '../../../src/recordings/archive/archive-folders.js';
import { archiveRig, recordIdOf, recordingTar, type ArchiveRig } from '../../support/archive-rig.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const ID = recordIdOf('room');

describe('RecordingImporter', () => {
  let rig: ArchiveRig;

  beforeEach(async () => {
    rig = await archiveRig();
  });

  afterEach(async () => {
    await rig.remove();
  });

  const files = (folder: string): Promise<string[]> => readdir(join(rig.folders.root, folder));

  it('brings a tar into archive and index, tells of it once and leaves nothing behind', async () => {
    const id = await rig.importTar(await recordingTar(ID));
    expect(rig.outcomes).to.deep.equal(['done']);
    expect(rig.announced).to.deep.equal([ID]);
    const folder = rig.folders.format(true, 'presentation', ID);
    expect(await readFile(join(folder, 'content.txt'), 'utf8')).to.equal('slides of presentation');
    expect((await stat(join(folder, 'content.txt'))).mode & 0o777).to.equal(0o640);
    expect((await stat(join(folder, 'video'))).mode & 0o777).to.equal(0o750);
    for (const empty of ['incoming', 'imports', 'work', 'failed', 'trash']) {
      expect(await files(empty), empty).to.deep.equal([]);
    }
    const [entry] = await rig.store.recordings.findRecordings([ID]);
    expect(entry).to.include({ serverId: '', tenantId: 'default', meetingId: 'room-1', state: 'published' });
    expect(entry?.xml.toString())
      .to.include('<name>Fred&#39;s Room &amp; more</name>')
      .and.include('<length>10</length>');
    expect(entry?.xml.toString()).to.include('<size>168019</size>').and.include('<rawSize>951067</rawSize>');
    expect(entry?.xml.toString()).to.include('<chapters count="2"></chapters>');
    expect((await rig.importer.find(id))?.step).to.equal('done');
  });

  it('takes gzip, and the same content twice as one', async () => {
    const tar = gzipSync(await recordingTar(ID));
    await rig.importTar(tar);
    await rig.importTar(tar);
    expect(rig.outcomes).to.deep.equal(['done']);
    expect(await files('imports')).to.deep.equal([]);
  });

  it('imports the same content again once its recording was deleted', async () => {
    const tar = await recordingTar(ID);
    await rig.importTar(tar);
    expect(await rig.archive.remove(ID)).to.equal(true);
    expect(await rig.store.recordings.findRecordings([ID])).to.deep.equal([]);
    await rig.importTar(tar);
    expect((await rig.archive.find(ID))?.formats).to.have.length(1);
  });

  it('takes a tar of a spool again only when it came there after it was taken', async () => {
    const tar = await recordingTar(ID);
    const id = await rig.importTar(tar);
    const { receivedAt = 0 } = (await rig.importer.find(id)) ?? {};
    await rig.archive.remove(ID);
    const fromSpool = async (lyingSince: number): Promise<boolean> => {
      await writeFile(rig.folders.tar(id), tar);
      await rig.importer.received(id, 'recording.tar', lyingSince);
      await rig.importer.settled();
      expect(await files('imports')).to.deep.equal([]);
      return (await rig.archive.find(ID)) !== undefined;
    };
    expect(await fromSpool(receivedAt - 1)).to.equal(false);
    expect(await fromSpool(receivedAt + 1)).to.equal(true);
  });

  it('keeps a tar that the store or the front end keep from being imported, and goes on with it later', async () => {
    await rig.stop();
    let isDown = true;
    const announce = async (): Promise<void> => {
      if (isDown) throw new Error('the outbox cannot be written');
    };
    rig = await archiveRig({ root: rig.root, announce });
    const id = await rig.importTar(await recordingTar(ID));
    expect(rig.outcomes).to.deep.equal(['retried']);
    expect(await files('imports')).to.deep.equal([`${id}.tar`]);
    expect(rig.importer.pending).to.equal(1);
    isDown = false;
    await rig.stop();
    rig = await archiveRig({ root: rig.root, announce });
    await rig.importer.start();
    await rig.importer.settled();
    expect(rig.outcomes).to.deep.equal(['done']);
    expect(rig.importer.pending).to.equal(0);
  });

  it('gives the room of a half unpacked tar back when the disk gets full, and goes on when there is room', async () => {
    await rig.stop();
    let now = Date.now();
    let isFull = false;
    const folders = Object.assign(new ArchiveFolders(join(rig.root, 'recordings')), {
      // The first question comes before unpacking.
      requireSpace: async () => {
        if (isFull) throw new ArchiveFault('disk-full', 'the disk of the archive is full');
        isFull = true;
      },
    });
    const logger = new RecordingLogger();
    rig = await archiveRig({ root: rig.root, folders, logger, now: () => now });
    const id = await rig.importTar(await recordingTar(ID));
    expect(rig.outcomes).to.deep.equal(['retried']);
    expect(await files('work')).to.deep.equal([]);
    expect(await files('imports')).to.deep.equal([`${id}.tar`]);
    expect(logger.lines.join()).to.include('could not be imported now');
    Object.assign(folders, { requireSpace: async () => undefined });
    now += 5000;
    await rig.importTar(await recordingTar(ID, ['video']));
    expect(rig.outcomes).to.deep.equal(['retried', 'done', 'done']);
  });

  it('leaves a stray file among the tars alone, and removes what an earlier run left', async () => {
    const root = rig.folders.root;
    await writeFile(join(root, 'imports', 'notes.txt'), 'x');
    await mkdir(rig.folders.work('0'.repeat(64)));
    await writeFile(rig.folders.incoming(randomUUID()), 'x');
    await writeFile(rig.folders.incoming('1'.repeat(64)), 'x');
    await rig.folders.prepare();
    await rig.importer.start();
    await rig.importer.settled();
    expect(rig.outcomes).to.deep.equal([]);
    expect(await files('imports')).to.deep.equal(['notes.txt']);
    expect(await files('work')).to.deep.equal([]);
    expect(await files('incoming')).to.deep.equal([`${'1'.repeat(64)}.part`]);
  });

  for (const step of ['unpacked', 'moved'] as const) {
    it(`unpacks a tar again when the journal says ${step} and its files are nowhere`, async () => {
      const tar = await recordingTar(ID);
      const id = await rig.importTar(tar);
      const entry = await rig.importer.find(id);
      if (entry === undefined) throw new Error('the import is not there');
      await rig.archive.remove(ID);
      await writeFile(rig.folders.tar(id), tar);
      await rig.store.recordingImports.saveImport({ ...entry, step });
      await rig.importer.start();
      await rig.importer.settled();
      expect((await rig.importer.find(id))?.step).to.equal('done');
      expect(await files('published/presentation')).to.deep.equal([ID]);
      expect(await rig.archive.find(ID)).to.include({ recordId: ID });
    });
  }

  it('moves files in that the disk still has in the work folder when the journal says moved', async () => {
    const tar = await recordingTar(ID);
    const id = await rig.importTar(tar);
    const entry = await rig.importer.find(id);
    if (entry === undefined) throw new Error('the import is not there');
    const work = join(rig.folders.work(id), 'presentation', ID);
    await rig.folders.moveIn(rig.folders.format(true, 'presentation', ID), work);
    await rig.archive.remove(ID);
    await rig.store.recordingImports.saveImport({ ...entry, step: 'moved' });
    await rig.importer.start();
    await rig.importer.settled();
    expect(await files('published/presentation')).to.deep.equal([ID]);
    expect(await files('work')).to.deep.equal([]);
  });
});
