import { expect } from 'chai';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFault } from '../../../src/recordings/archive/archive-fault.js';
import {
  archiveRig,
  metadataXml,
  recordIdOf,
  recordingTar,
  tarOf,
  type ArchiveRig,
} from '../../support/archive-rig.js';

const ID = recordIdOf('room');
const NAME = `${ID}-presentation.tar`;

describe('How long a failed import is kept', () => {
  let rig: ArchiveRig;
  let now: number;

  beforeEach(async () => {
    now = 1_800_000_000_000;
    // Each moment is another.
    rig = await archiveRig({ now: () => now++ });
    await rig.importer.start();
  });

  afterEach(async () => {
    await rig.remove();
  });

  const files = (folder: string): Promise<string[]> => readdir(join(rig.folders.root, folder));
  const reasons = async (): Promise<readonly (string | undefined)[]> =>
    (await rig.importer.failed()).map(({ reason }) => reason);
  const faultOf = async (work: Promise<unknown>): Promise<ArchiveFault> => {
    const fault: unknown = await work.catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(ArchiveFault);
    return fault as ArchiveFault;
  };

  it('goes from the list and the count with its file, also over a restart', async () => {
    await rig.importTar(Buffer.alloc(2048, 'x'));
    expect(rig.importer.failedCount).to.equal(1);
    for (const name of await files('failed')) await rm(rig.folders.failed(name));
    expect(await reasons()).to.deep.equal([]);
    expect(rig.importer.failedCount).to.equal(0);
    await rig.importer.start();
    await rig.importer.settled();
    expect(rig.importer.failedCount).to.equal(0);
    expect(rig.outcomes).to.deep.equal(['failed']);
  });

  it('is not tried again without its file: nothing is changed, and the answer says so', async () => {
    const id = await rig.importTar(Buffer.alloc(2048, 'x'), 'lecture.tar');
    const [name = ''] = await files('failed');
    await rm(rig.folders.failed(name));
    expect(await faultOf(rig.importer.retry(name))).to.include({ kind: 'gone' });
    expect(await rig.store.recordingImports.findImport(id)).to.include({ step: 'failed' });
    expect(rig.importer.pending).to.equal(0);
  });

  it('is dropped with its file on request, or without it when that is gone', async () => {
    for (const isFileGone of [false, true]) {
      const id = await rig.importTar(Buffer.alloc(2048, isFileGone ? 'y' : 'x'), 'lecture.tar');
      const [name = ''] = await files('failed');
      if (isFileGone) await rm(rig.folders.failed(name));
      expect(await rig.importer.drop('nothing')).to.equal(undefined);
      expect(await rig.importer.drop(name)).to.include({ id });
      expect(await files('failed')).to.deep.equal([]);
      expect(await rig.store.recordingImports.findImport(id)).to.equal(undefined);
      expect(rig.importer.failedCount).to.equal(0);
      expect(await rig.importer.drop(name)).to.equal(undefined);
    }
  });

  it('is forgotten for good half a year after its file went, and not while that is there', async () => {
    const kept = await rig.importTar(Buffer.alloc(2048, 'x'), 'kept.tar');
    const gone = await rig.importTar(Buffer.alloc(2048, 'y'), 'gone.tar');
    await rm(rig.folders.failed(`${gone.slice(0, 12)}-gone.tar`));
    const { recordingImports: journal } = rig.store;
    const before = now;
    await rig.importer.forget(1_800_000_000_000);
    expect(await journal.findImport(gone)).to.include({ id: gone });
    await rig.importer.forget(before);
    expect(await journal.findImport(gone)).to.equal(undefined);
    expect(await journal.findImport(kept)).to.include({ id: kept });
  });

  it('is found by what its sender called it only when no other is called so', async () => {
    const id = await rig.importTar(Buffer.alloc(2048, 'x'));
    await rig.importTar(Buffer.alloc(2048, 'y'));
    for (const work of [rig.importer.retry('recording.tar'), rig.importer.drop('recording.tar')]) {
      const fault = await faultOf(work);
      expect(fault.kind).to.equal('ambiguous');
      for (const name of await files('failed')) expect(fault.message).to.include(name);
    }
    expect(await reasons()).to.have.length(2);
    expect(await rig.importer.drop(id)).to.include({ id });
    expect(await rig.importer.drop('recording.tar')).to.include({ name: 'recording.tar' });
  });

  it('goes when what it held is imported from a later tar, which is all it can mean', async () => {
    const tar = await recordingTar(ID);
    await rig.importTar(await tarOf({ [`presentation/${ID}/metadata.xml`]: 'x' }), 'faulty.tar');
    await rig.importTar(await recordingTar(ID, ['video']));
    expect(await reasons(), 'another format').to.have.length(1);
    await rig.importTar(await recordingTar(recordIdOf('other')));
    expect(await reasons(), 'another recording').to.have.length(1);
    await rig.importTar(tar);
    expect(await reasons()).to.deep.equal([]);
    expect(await files('failed')).to.deep.equal([]);
    expect(rig.importer.failedCount).to.equal(0);
  });

  it('goes when its parts are imported one after the other', async () => {
    const faulty = { [`video/${ID}/metadata.xml`]: 'x', [`notes/${ID}/metadata.xml`]: 'x' };
    await rig.importTar(await tarOf({ ...faulty, [`presentation/${ID}/metadata.xml`]: metadataXml(ID) }));
    await rig.importTar(await recordingTar(ID, ['presentation']));
    await rig.importTar(await recordingTar(ID, ['video']));
    expect(await reasons()).to.have.length(1);
    await rig.importTar(await recordingTar(ID, ['notes']));
    expect(await reasons()).to.deep.equal([]);
  });

  it('stays when an older tar is imported at last', async () => {
    const older = Buffer.alloc(2048, 'x');
    await rig.importTar(older);
    const [name = ''] = await files('failed');
    const newer = await recordingTar(ID, ['presentation'], { content: 'newer' });
    await rig.importTar(newer.subarray(0, 3000));
    await writeFile(rig.folders.failed(name), await recordingTar(ID));
    await rig.importer.retry(name);
    await rig.importer.settled();
    expect(rig.outcomes).to.deep.equal(['failed', 'failed', 'done']);
    expect(await reasons()).to.have.length(1);
  });

  it('goes, when its end is missing, with a whole tar of the same name that tells recording and formats', async () => {
    const tar = await recordingTar(ID);
    await rig.importTar(tar.subarray(0, 300), NAME);
    await rig.importTar(tar.subarray(0, 3000), 'recording.tar');
    await rig.importTar(tar, 'recording.tar');
    expect(await reasons(), 'a name for anything').to.have.length(2);
    await rig.importTar(await recordingTar(ID, ['presentation'], { content: 'sent again' }), NAME);
    expect((await rig.importer.failed()).map(({ name }) => name)).to.deep.equal(['recording.tar']);
  });
});
