import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { ArchiveFault } from '../../../src/recordings/archive/archive-fault.js';
import { ImportDesk } from '../../../src/recordings/archive/import-desk.js';
import { SpoolWatch } from '../../../src/recordings/archive/spool-watch.js';
import { archiveRig, recordIdOf, recordingTar } from '../../support/archive-rig.js';
import { RecordingLogger } from '../../support/recording-logger.js';

describe('SpoolWatch', () => {
  let folder: string;
  let taken: string[];
  let fault: Error | undefined;
  let watch: SpoolWatch;
  let logger: RecordingLogger;
  const signal = new AbortController().signal;
  const now = (): number => 1_800_000_000_000;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-spool-'));
    taken = [];
    fault = undefined;
    logger = new RecordingLogger();
    watch = new SpoolWatch({
      folder,
      logger,
      now,
      desk: {
        takeWhole: async (stream, name, size) => {
          const content = await buffer(stream);
          if (fault !== undefined) throw fault;
          expect(content.length).to.equal(size);
          taken.push(`${name}: ${content.toString()}`);
          return { id: 'x', step: 'received', offset: content.length, recordIds: [] };
        },
      },
    });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('takes a tar that did not change between two looks, and removes it', async () => {
    const path = join(folder, 'a.tar');
    writeFileSync(path, 'half');
    writeFileSync(join(folder, '.b.tar.x1'), 'hidden');
    writeFileSync(join(folder, 'notes.txt'), 'other');
    await watch.look(signal);
    appendFileSync(path, ' and half');
    await watch.look(signal);
    expect(taken).to.deep.equal([]);
    await watch.look(signal);
    expect(taken).to.deep.equal(['a.tar: half and half']);
    expect(existsSync(path)).to.equal(false);
    expect(existsSync(join(folder, '.b.tar.x1'))).to.equal(true);
  });

  it('does not remove a newer tar that got the name while the old one was taken', async () => {
    const path = join(folder, 'a.tar');
    writeFileSync(path, 'old');
    watch = new SpoolWatch({
      folder,
      logger,
      now,
      desk: {
        takeWhole: async (stream) => {
          const content = (await buffer(stream)).toString();
          taken.push(content);
          if (content === 'old') writeFileSync(path, 'newer');
          return { id: 'x', step: 'received', offset: content.length, recordIds: [] };
        },
      },
    });
    for (let look = 0; look < 4; look++) await watch.look(signal);
    expect(taken).to.deep.equal(['old', 'newer']);
    expect(existsSync(path)).to.equal(false);
  });

  it('leaves a tar where it is while there is no room, and takes it then', async () => {
    const path = join(folder, 'a.tar');
    writeFileSync(path, 'whole');
    await watch.look(signal);
    fault = new ArchiveFault('disk-full', 'no room');
    const outcome: unknown = await watch.look(signal).catch((error: unknown) => error);
    expect(outcome).to.equal(fault);
    expect(readFileSync(path, 'utf8')).to.equal('whole');
    fault = undefined;
    await watch.look(signal);
    expect(taken).to.deep.equal(['a.tar: whole']);
  });

  for (const kind of ['disk-full', 'too-large'] as const) {
    it(`leaves no file open that is refused unread (${kind})`, async () => {
      writeFileSync(join(folder, 'a.tar'), 'whole');
      const streams: Readable[] = [];
      watch = new SpoolWatch({
        folder,
        logger,
        now,
        desk: {
          takeWhole: (stream) => {
            streams.push(stream);
            return Promise.reject(new ArchiveFault(kind, 'refused'));
          },
        },
      });
      for (let look = 0; look < 3; look++) await watch.look(signal).catch(() => undefined);
      expect(streams.map(({ destroyed }) => destroyed)).to.deep.equal(
        kind === 'disk-full' ? [true, true] : [true],
      );
    });
  }

  it('says once that a tar is too large, and goes on with the others', async () => {
    writeFileSync(join(folder, 'a.tar'), 'large');
    await watch.look(signal);
    fault = new ArchiveFault('too-large', 'too large');
    await watch.look(signal);
    await watch.look(signal);
    expect(logger.lines.filter((line) => line.includes('cannot be taken'))).to.have.length(1);
    fault = undefined;
    writeFileSync(join(folder, 'b.tar'), 'small');
    await watch.look(signal);
    await watch.look(signal);
    expect(taken).to.deep.equal(['b.tar: small']);
    expect(existsSync(join(folder, 'a.tar'))).to.equal(true);
  });

  it('goes on behind a tar that cannot be read, says so once, and takes it when it can', async () => {
    for (const name of ['a.tar', 'b.tar']) writeFileSync(join(folder, name), name);
    let isReadable = false;
    watch = new SpoolWatch({
      folder,
      logger,
      now,
      desk: {
        takeWhole: async (stream, name) => {
          const content = await buffer(stream);
          if (name === 'a.tar' && !isReadable)
            throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
          taken.push(name);
          return { id: 'x', step: 'received', offset: content.length, recordIds: [] };
        },
      },
    });
    for (let look = 0; look < 4; look++) await watch.look(signal);
    expect(taken).to.deep.equal(['b.tar']);
    expect(logger.lines.filter((line) => line.includes('cannot be taken now'))).to.have.length(1);
    isReadable = true;
    await watch.look(signal);
    expect(taken).to.deep.equal(['b.tar', 'a.tar']);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('takes a tar that it may not remove once, until it changes', async () => {
    writeFileSync(join(folder, 'a.tar'), 'here');
    watch = new SpoolWatch({
      folder,
      logger,
      now,
      remove: () => Promise.reject(new Error('EROFS: read-only file system')),
      desk: {
        takeWhole: async (stream, name) => {
          const content = await buffer(stream);
          taken.push(`${name}: ${content.toString()}`);
          return { id: 'x', step: 'received', offset: content.length, recordIds: [] };
        },
      },
    });
    for (let look = 0; look < 4; look++) await watch.look(signal);
    expect(taken).to.deep.equal(['a.tar: here']);
    expect(logger.lines.filter((line) => line.includes('cannot be removed'))).to.have.length(1);
    appendFileSync(join(folder, 'a.tar'), ' again');
    for (let look = 0; look < 2; look++) await watch.look(signal);
    expect(taken).to.deep.equal(['a.tar: here', 'a.tar: here again']);
  });

  it('does not bring deleted recordings back at a restart when tars cannot be removed', async () => {
    // Ahead, so that the tar came surely before it is received.
    const rig = await archiveRig({ now: () => Date.now() + 60_000 });
    try {
      const recordId = recordIdOf('room');
      writeFileSync(join(folder, 'a.tar'), await recordingTar(recordId));
      const desk = new ImportDesk({ importer: rig.importer, folders: rig.folders, maxBytes: 10_000_000 });
      const remove = (): Promise<never> => Promise.reject(new Error('EROFS: read-only file system'));
      const run = async (): Promise<boolean> => {
        const restarted = new SpoolWatch({ folder, logger, now, remove, desk });
        for (let look = 0; look < 2; look++) await restarted.look(signal);
        await rig.importer.settled();
        return (await rig.archive.find(recordId)) !== undefined;
      };
      expect(await run()).to.equal(true);
      await rig.archive.remove(recordId);
      expect(await run()).to.equal(false);
      expect(rig.announced).to.deep.equal([recordId]);
    } finally {
      await rig.remove();
    }
  });

  it('rejects when its folder cannot be read', async () => {
    const lost = new SpoolWatch({
      folder: join(folder, 'nowhere'),
      logger,
      now,
      desk: { takeWhole: () => Promise.reject(new Error()) },
    });
    const outcome: unknown = await lost.look(signal).catch((error: unknown) => error);
    expect(String(outcome)).to.include('the setting "recordings.spool"');
    expect(String((outcome as Error).cause)).to.include('ENOENT');
  });
});
