import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseXml } from '../../../src/bbb/xml.js';
import { ArchiveFault } from '../../../src/recordings/archive/archive-fault.js';
import { ArchiveFolders } from '../../../src/recordings/archive/archive-folders.js';
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

  it('joins formats that come in tars of their own', async () => {
    await rig.importTar(await recordingTar(ID, ['presentation']));
    await rig.importTar(await recordingTar(ID, ['video', 'notes']));
    const recording = await rig.archive.find(ID);
    expect(recording?.formats.map(({ format }) => format)).to.deep.equal(['notes', 'presentation', 'video']);
    const [entry] = await rig.store.recordings.findRecordings([ID]);
    expect(entry?.xml.toString().match(/<format>/g)).to.have.length(3);
  });

  it('keeps what the front end has changed when a recording comes again', async () => {
    await rig.importTar(await recordingTar(ID));
    await rig.archive.publish(ID, false);
    await rig.archive.update(ID, { metadata: new Map([['course', 'Maths']]), isProtected: true });
    await rig.importTar(await recordingTar(ID, ['presentation'], { content: 'better slides' }));
    const recording = await rig.archive.find(ID);
    expect(recording).to.include({ isPublished: false, isProtected: true });
    expect(recording?.metadata.course).to.equal('Maths');
    const folder = rig.folders.format(false, 'presentation', ID);
    expect(await readFile(join(folder, 'content.txt'), 'utf8')).to.equal('better slides of presentation');
    expect(await files('published/presentation')).to.deep.equal([]);
  });

  it('puts an unpublished recording where it is not played', async () => {
    await rig.importTar(await recordingTar(ID, ['presentation'], { isPublished: false }));
    expect(await files('unpublished/presentation')).to.deep.equal([ID]);
    expect(await rig.archive.publish(ID, true)).to.equal(true);
    expect(await files('published/presentation')).to.deep.equal([ID]);
  });

  const faults: Readonly<Record<string, [() => Promise<Buffer>, RegExp]>> = {
    'is no tar': [async () => Buffer.alloc(2048, 'x'), /cannot be unpacked/],
    'is cut': [async () => (await recordingTar(ID)).subarray(0, 3000), /cannot be unpacked/],
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

  it('shows a breakout room to nobody until its parent tells whose it is', async () => {
    await rig.remove();
    rig = await archiveRig({ tenants: ['school'] });
    const parent = recordIdOf('parent');
    const extra = `<breakout parentMeetingId="${parent}" sequence="1"/>`;
    await rig.importTar(await recordingTar(ID, ['presentation'], { meetingId: 'made-by-bbb-1', extra }));
    const tenantOf = async (): Promise<unknown> =>
      (await rig.store.recordings.findRecordings([ID]))[0]?.tenantId;
    expect(await tenantOf()).to.equal('');
    await rig.importTar(await recordingTar(parent, ['presentation'], { meetingId: 'school--lesson' }));
    expect(await tenantOf()).to.equal('school');
    expect((await rig.archive.find(ID))?.tenantId).to.equal('school');
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

  it('shows and keeps only metadata whose names are those of elements', async () => {
    await rig.importTar(await recordingTar(ID));
    await rig.archive.update(ID, {
      metadata: new Map([
        ['a b<c', '1'],
        ['course', 'Maths'],
      ]),
    });
    const known = await rig.archive.find(ID);
    if (known === undefined) throw new Error('the recording is not there');
    expect(Object.keys(known.metadata)).to.include('course').and.not.include('a b<c');
    // One that an earlier version has kept.
    await rig.store.archive.saveArchived({ ...known, metadata: { ...known.metadata, 'x y': '2' } });
    await rig.archive.repair(new AbortController().signal);
    const [entry] = await rig.store.recordings.findRecordings([ID]);
    const meta = parseXml(entry?.xml ?? '', 100_000).child('metadata');
    expect(meta?.text('course')).to.equal('Maths');
    expect(meta?.children.map(({ name }) => name)).not.to.include('x');
  });

  it('puts right at the start what a crash left between row, files and index', async () => {
    await rig.importTar(await recordingTar(ID, ['presentation', 'video']));
    const known = await rig.archive.find(ID);
    if (known === undefined) throw new Error('the recording is not there');
    // The row says unpublished; files and index do not know it yet, and one format has moved.
    await rig.store.archive.saveArchived({ ...known, isPublished: false, isPublishedByCall: true });
    await rig.folders.moveIn(rig.folders.format(true, 'video', ID), rig.folders.format(false, 'video', ID));
    await writeFile(join(rig.folders.root, 'trash', 'left'), 'x');
    await rig.archive.repair(new AbortController().signal);
    for (const format of ['presentation', 'video']) {
      expect(await files(`published/${format}`)).to.deep.equal([]);
      expect(await files(`unpublished/${format}`)).to.deep.equal([ID]);
    }
    expect(await files('trash')).to.deep.equal([]);
    expect((await rig.store.recordings.findRecordings([ID]))[0]?.state).to.equal('unpublished');
  });
});
