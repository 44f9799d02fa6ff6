import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { withTars } from '../../../src/recordings/archive/failed-imports.js';
import { archiveRig, metadataXml, recordIdOf, recordingTar, tarOf } from '../../support/archive-rig.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const ID = recordIdOf('room');
const FORMATS = ['notes', 'presentation', 'video'];
const AS_SENT = `${ID}-notes-presentation-video.tar`;

describe('Replacing failed imports', () => {
  let rig: Awaited<ReturnType<typeof archiveRig>>;
  let logger: RecordingLogger;
  let now: number;

  beforeEach(async () => {
    now = 1_800_000_000_000;
    logger = new RecordingLogger();
    // Each moment is another.
    rig = await archiveRig({ now: () => now++, logger, maxBytes: 100_000 });
    await rig.importer.start();
  });

  afterEach(async () => {
    await rig.remove();
  });

  const kept = async (): Promise<readonly string[]> =>
    (await readdir(join(rig.folders.root, 'failed'))).map((file) => file.slice(13)).sort();
  const importEach = async (formats: readonly string[], name?: string): Promise<void> => {
    for (const format of formats)
      await rig.importTar(await recordingTar(ID, [format]), name ?? `${ID}-${format}.tar`);
  };
  const parts = async (inThe: string, content: Buffer): Promise<Buffer> =>
    tarOf(
      Object.fromEntries<string | Buffer>(
        FORMATS.flatMap((format): [string, string | Buffer][] => [
          [`${format}/${ID}/metadata.xml`, metadataXml(ID, { format })],
          [`${format}/${ID}/content.bin`, format === inThe ? content : Buffer.alloc(600, 1)],
        ]),
      ),
    );

  const stopped: Readonly<Record<string, () => Promise<Buffer>>> = {
    'was too large': () => parts('presentation', randomBytes(200_000)),
    'held a link': async () => {
      const link = await tarOf({}, [{ name: 'link', type: 'symlink', linkname: '/etc' }]);
      const [notes, rest] = [await recordingTar(ID, ['notes']), await recordingTar(ID, ['video'])];
      return Buffer.concat([notes.subarray(0, -1024), link.subarray(0, -1024), rest]);
    },
    'is damaged in the middle': async () => {
      const tar = await recordingTar(ID, FORMATS);
      return tar.fill(0xff, tar.indexOf(`presentation/${ID}/content.txt`), tar.indexOf(`video/${ID}/meta`));
    },
    'is a cut gzip': async () => {
      const gzip = gzipSync(await parts('video', randomBytes(50_000)));
      return gzip.subarray(0, gzip.length - 20_000);
    },
    'cannot be read at all': async () => Buffer.alloc(2048, 'x'),
  };
  for (const [fault, tar] of Object.entries(stopped)) {
    it(`keeps a tar that ${fault}, whatever comes: it may hold what nobody has`, async () => {
      await rig.importTar(await tar(), AS_SENT);
      expect(rig.outcomes).to.deep.equal(['failed']);
      await importEach(FORMATS);
      await importEach(['presentation'], AS_SENT);
      await rig.importTar(await recordingTar(ID, FORMATS, { content: 'new' }), AS_SENT);
      expect(await kept()).to.deep.equal([AS_SENT]);
      expect(await rig.importer.drop(AS_SENT)).to.include({ name: AS_SENT });
    });
  }

  it('keeps a tar of more than a thousand recordings when the first thousand have come', async () => {
    const ids = Array.from({ length: 1002 }, (_, at) => recordIdOf(String(at)));
    const id = await rig.importTar(
      await tarOf(Object.fromEntries(ids.map((each) => [`notes/${each}/metadata.xml`, 'x']))),
    );
    const failed = await rig.store.recordingImports.findImport(id);
    if (failed === undefined) throw new Error('the import is not there');
    const come = recordIdOf('0');
    const missing = failed.missing.filter((name) => !name.includes('-') || name === `notes/${come}`);
    await rig.store.recordingImports.saveImport({ ...failed, missing });
    await rig.importTar(await recordingTar(come, ['notes']));
    expect(await kept()).to.have.length(1);
  });

  it('keeps a cut tar until one with its name comes whole and holds what the name says', async () => {
    const whole = await recordingTar(ID, FORMATS);
    await rig.importTar(whole.subarray(0, whole.indexOf(`presentation/${ID}/content.txt`) + 600), AS_SENT);
    await importEach(FORMATS);
    expect(await kept(), 'it may have held more').to.deep.equal([AS_SENT]);
    await importEach(['presentation'], AS_SENT);
    expect(await kept(), 'not what it says').to.deep.equal([AS_SENT]);
    await rig.importTar(await recordingTar(ID, FORMATS, { content: 'new' }), AS_SENT);
    expect(await kept()).to.deep.equal([]);
  });

  it('keeps a cut tar whose name does not tell its formats', async () => {
    const whole = await recordingTar(ID, FORMATS);
    await rig.importTar(whole.subarray(0, 3000), `${ID}.tar`);
    await rig.importTar(whole, `${ID}.tar`);
    expect(await kept()).to.deep.equal([`${ID}.tar`]);
  });

  it('keeps one of which a part was imported before parts were written down', async () => {
    const id = await rig.importTar(
      await tarOf({
        [`presentation/${ID}/metadata.xml`]: metadataXml(ID),
        [`video/${ID}/metadata.xml`]: 'x',
      }),
      `${ID}-presentation.tar`,
    );
    const failed = await rig.store.recordingImports.findImport(id);
    if (failed === undefined) throw new Error('the import is not there');
    await rig.store.recordingImports.saveImport({ ...failed, missing: [] });
    await importEach(['presentation']);
    expect(await kept()).to.deep.equal([`${ID}-presentation.tar`]);
  });

  it('finishes an import when the file of another cannot be deleted, and goes on with the others', async () => {
    for (const name of ['a.tar', 'b.tar'])
      await rig.importTar(await tarOf({ [`notes/${ID}/metadata.xml`]: name }), name);
    // A folder cannot be removed as a file.
    const [file = ''] = (await readdir(join(rig.folders.root, 'failed'))).filter((at) =>
      at.endsWith('a.tar'),
    );
    await rm(rig.folders.failed(file));
    await mkdir(rig.folders.failed(file));
    await importEach(['notes']);
    expect(rig.outcomes).to.deep.equal(['failed', 'failed', 'done']);
    expect(rig.announced).to.deep.equal([ID]);
    expect(await kept()).to.deep.equal(['a.tar']);
    expect(rig.importer.failedCount).to.equal(1);
    expect(logger.lines.join()).to.include('cannot be deleted');
  });

  it('finishes an import as done when the failed ones cannot be listed', async () => {
    const { recordingImports: journal } = rig.store;
    const list = journal.listImports.bind(journal);
    journal.listImports = () => Promise.reject(new Error('the store is busy'));
    await importEach(['notes']);
    expect(rig.outcomes).to.deep.equal(['done']);
    expect(rig.announced).to.deep.equal([ID]);
    journal.listImports = list;
  });

  it('looks at the failed ones again only when an import has changed them', async () => {
    const { recordingImports: journal } = rig.store;
    const list = journal.listImports.bind(journal);
    let looks = 0;
    journal.listImports = (steps) => {
      looks += 1;
      return list(steps);
    };
    await importEach(['notes']);
    expect(looks).to.equal(1);
  });

  it('finds the tars of thousands of failed imports at once', async () => {
    const entries = Array.from({ length: 5000 }, (_, at) => {
      const id = at.toString(16).padStart(12, '0').padEnd(64, 'a');
      return { id, name: 'x.tar' };
    });
    for (const { id } of entries) await writeFile(rig.folders.failed(`${id.slice(0, 12)}-x.tar`), '');
    await rm(rig.folders.failed(`${'0'.repeat(12)}-x.tar`));
    const before = process.cpuUsage();
    expect(await withTars(rig.folders, entries)).to.deep.equal(entries.slice(1));
    expect(process.cpuUsage(before).user / 1000, 'ms').to.be.below(400);
  });
});
