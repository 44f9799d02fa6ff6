import { expect } from 'chai';
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  archiveRig,
  metadataXml,
  recordIdOf,
  recordingTar,
  tarOf,
  type ArchiveRig,
} from '../../support/archive-rig.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const ID = recordIdOf('room');

describe('Failed imports', () => {
  let rig: ArchiveRig;

  beforeEach(async () => {
    rig = await archiveRig();
  });

  afterEach(async () => {
    await rig.remove();
  });

  const files = (folder: string): Promise<string[]> => readdir(join(rig.folders.root, folder));

  it('leaves what was mended of a failed tar alone when the tar is still in its spool', async () => {
    const faulty = Buffer.alloc(2048, 'x');
    const id = await rig.importTar(faulty, 'lecture.tar');
    const [failed] = await rig.importer.failed();
    const [name = ''] = await files('failed');
    await writeFile(rig.folders.failed(name), 'mended');
    await writeFile(rig.folders.tar(id), faulty);
    await rig.importer.received(id, 'lecture.tar', (failed?.receivedAt ?? 0) - 1);
    await rig.importer.settled();
    expect(rig.outcomes).to.deep.equal(['failed']);
    expect(await rig.importer.failed()).to.deep.equal([failed]);
    expect(await readFile(rig.folders.failed(name), 'utf8')).to.equal('mended');
    expect(await files('imports')).to.deep.equal([]);
  });

  const faults: Readonly<Record<string, [() => Promise<Buffer>, RegExp]>> = {
    'is no tar': [async () => Buffer.alloc(2048, 'x'), /cannot be unpacked/],
    'is cut': [
      async () => (await recordingTar(ID)).subarray(0, 3000),
      /cannot be unpacked: its end is missing/,
    ],
    'is a cut gzip': [async () => gzipSync(await recordingTar(ID)).subarray(0, 200), /cannot be unpacked/],
    'holds no metadata.xml': [
      () => tarOf({ 'presentation/x/file': 'x' }),
      /no FORMAT\/RECORDID\/metadata\.xml/,
    ],
    'has metadata of another recording': [
      () => tarOf({ [`presentation/${ID}/metadata.xml`]: metadataXml(recordIdOf('other')) }),
      /holds another recording/,
    ],
    'has metadata that is no XML': [
      () => tarOf({ [`presentation/${ID}/metadata.xml`]: '<recording>' }),
      /metadata\.xml cannot be used/,
    ],
    'has an endless metadata.xml': [
      () => tarOf({ [`presentation/${ID}/metadata.xml`]: Buffer.alloc(1_100_000, ' ') }),
      /too large/,
    ],
    'holds a thousand recordings and more': [
      () =>
        tarOf(
          Object.fromEntries(
            Array.from({ length: 1001 }, (_, at) => [`notes/${recordIdOf(String(at))}/metadata.xml`, 'x']),
          ),
        ),
      /more than 1000 recordings/,
    ],
    'has entities in its metadata': [
      () =>
        tarOf({
          [`presentation/${ID}/metadata.xml`]: `<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>${metadataXml(ID)}`,
        }),
      /DTD|entities/,
    ],
  };
  for (const [fault, [tar, reason]] of Object.entries(faults)) {
    it(`puts a tar aside that ${fault}, with its reason`, async () => {
      await rig.importTar(await tar(), 'lecture.tar');
      expect(rig.outcomes).to.deep.equal(['failed']);
      const [failed] = await rig.importer.failed();
      expect(failed?.reason).to.match(reason);
      const [name] = await files('failed');
      expect(name).to.match(/^[0-9a-f]{12}-lecture\.tar$/);
      expect(await files('imports')).to.deep.equal([]);
      expect(await files('work')).to.deep.equal([]);
      expect(await rig.store.recordings.findRecordings([ID])).to.deep.equal([]);
    });
  }

  it('tries a failed import again only on request', async () => {
    const id = await rig.importTar(Buffer.alloc(2048, 'x'), 'lecture.tar');
    await rig.importer.start();
    await rig.importer.settled();
    expect(rig.outcomes).to.deep.equal(['failed']);
    // What was wrong with it was mended in place.
    const [name = ''] = await files('failed');
    await writeFile(rig.folders.failed(name), await recordingTar(ID));
    expect(await rig.importer.retry('nobody.tar')).to.equal(undefined);
    expect((await rig.importer.retry(name))?.id).to.equal(id);
    await rig.importer.settled();
    expect(rig.outcomes).to.deep.equal(['failed', 'done']);
    expect(await files('failed')).to.deep.equal([]);
    expect(rig.announced).to.deep.equal([ID]);
  });

  describe('with a tar of which a part is faulty', () => {
    const content = {
      [`presentation/${ID}/metadata.xml`]: metadataXml(ID),
      [`video/${ID}/metadata.xml`]: '<recording>',
    };
    const formats = async (): Promise<unknown> =>
      (await rig.archive.find(ID))?.formats.map(({ format }) => format);

    it('imports what can be read, and puts the tar aside with what cannot', async () => {
      await rig.stop();
      const logger = new RecordingLogger();
      rig = await archiveRig({ root: rig.root, logger });
      const tar = await tarOf(content);
      const id = await rig.importTar(tar, 'lecture.tar');
      expect(rig.outcomes).to.deep.equal(['failed']);
      expect(await formats()).to.deep.equal(['presentation']);
      expect(rig.announced).to.deep.equal([ID]);
      const [failed] = await rig.importer.failed();
      expect(failed).to.include({ id, step: 'failed' });
      expect(failed?.reason).to.include(`not imported: video/${ID}: metadata.xml cannot be used`);
      expect(rig.importer.failedCount).to.equal(1);
      const [name = ''] = await files('failed');
      expect(name).to.equal(`${id.slice(0, 12)}-lecture.tar`);
      expect((await readFile(rig.folders.failed(name))).equals(tar)).to.equal(true);
      for (const empty of ['imports', 'work', 'trash']) expect(await files(empty), empty).to.deep.equal([]);
      const line = logger.entries.find(({ message }) => message.startsWith('a part of a recording'));
      expect(line?.fields.file).to.equal(rig.folders.failed(name));
    });

    it('imports the rest when it is tried again', async () => {
      const id = await rig.importTar(await tarOf(content), 'lecture.tar');
      const [name = ''] = await files('failed');
      await rig.importer.retry(name);
      await rig.importer.settled();
      expect(await files('failed')).to.deep.equal([name]);
      const mended = { ...content, [`video/${ID}/metadata.xml`]: metadataXml(ID, { format: 'video' }) };
      await writeFile(rig.folders.failed(name), await tarOf(mended));
      expect((await rig.importer.retry(name))?.id).to.equal(id);
      await rig.importer.settled();
      expect(rig.outcomes).to.deep.equal(['failed', 'failed', 'done']);
      expect(await formats()).to.deep.equal(['presentation', 'video']);
      expect(await files('failed')).to.deep.equal([]);
      expect(rig.importer.failedCount).to.equal(0);
    });

    it('keeps one tar of the same content, also over a crash before it was put aside', async () => {
      const tar = await tarOf(content);
      const id = await rig.importTar(tar, 'lecture.tar');
      await rig.importTar(tar, 'again.tar');
      expect(await files('failed')).to.deep.equal([`${id.slice(0, 12)}-again.tar`]);
      await rename(rig.folders.failed(`${id.slice(0, 12)}-again.tar`), rig.folders.tar(id));
      await rig.importer.start();
      await rig.importer.settled();
      expect(rig.outcomes).to.deep.equal(['failed', 'failed']);
      expect(await files('failed')).to.deep.equal([`${id.slice(0, 12)}-again.tar`]);
      expect(await files('imports')).to.deep.equal([]);
      expect(rig.importer.failedCount).to.equal(1);
    });
  });
});
