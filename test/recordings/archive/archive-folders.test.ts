import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { ArchiveFault } from '../../../src/recordings/archive/archive-fault.js';
import { ArchiveFolders } from '../../../src/recordings/archive/archive-folders.js';
import { receiveWhole } from '../../../src/recordings/archive/receive-archive.js';

describe('ArchiveFolders', () => {
  let root: string;
  let folders: ArchiveFolders;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'ballast-folders-'));
    folders = new ArchiveFolders(root);
    await folders.prepare();
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const faultOf = async (work: Promise<unknown>): Promise<unknown> => {
    const fault: unknown = await work.catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(ArchiveFault);
    return (fault as ArchiveFault).kind;
  };

  it('makes all folders above its own, and says at once where none can be made', async () => {
    await new ArchiveFolders(join(root, 'a', 'b')).prepare();
    expect(await readdir(join(root, 'a', 'b'))).to.include('failed');
    await writeFile(join(root, 'file'), '');
    // Node's own recursive mkdir never ends in /proc.
    for (const place of ['/proc/nowhere', join(root, 'file')]) {
      const fault: unknown = await new ArchiveFolders(join(place, 'below'))
        .prepare()
        .catch((error: unknown) => error);
      expect(String(fault)).to.include('see the setting "recordings.directory"').and.include(place);
    }
  });

  it('counts what other uploads under way will need, until they are over', async () => {
    const { bavail, bsize } = await statfs(root);
    const most = Math.floor(bavail * bsize * 0.7);
    await folders.withSpace(most, async () => {
      expect(await faultOf(folders.withSpace(most, async () => undefined))).to.equal('disk-full');
    });
    await folders.withSpace(most, async () => undefined);
  });

  it('looks for room while an archive of unknown size comes', async () => {
    const asked: number[] = [];
    const full = Object.assign(new ArchiveFolders(root), {
      requireSpace: async (bytes: number) => {
        asked.push(bytes);
        if (bytes > 0) throw new ArchiveFault('disk-full', 'no room');
      },
    });
    const options = { folders: full, maxBytes: 1_000_000, idleMs: 1000 };
    expect(await faultOf(receiveWhole(Readable.from([Buffer.from('x')]), undefined, options))).to.equal(
      'disk-full',
    );
    expect(asked).to.have.length(2);
  });

  it('says that the disk is full where no folder can be made for want of room', async () => {
    await writeFile(join(root, 'published', 'video'), 'no folder');
    await mkdir(join(root, 'work', 'x'));
    const move = (into: ArchiveFolders): Promise<unknown> =>
      into
        .moveIn(join(root, 'work', 'x'), folders.format(true, 'video', 'x'))
        .catch((error: unknown) => error);
    const full = Object.assign(new ArchiveFolders(root), {
      requireSpace: () => Promise.reject(new ArchiveFault('disk-full', 'no room')),
    });
    expect(await move(full)).to.include({ kind: 'disk-full' });
    expect(await move(folders)).to.have.property('syscall', 'mkdir');
  });

  it('leaves what was there where it cannot be replaced', async () => {
    const there = folders.format(true, 'video', 'x');
    await mkdir(there, { recursive: true });
    await writeFile(join(there, 'file'), 'old');
    // No folder can be moved below itself.
    const fault: unknown = await folders
      .moveIn(join(root, 'published'), there)
      .catch((error: unknown) => error);
    expect(fault).to.be.instanceOf(Error);
    expect(await readFile(join(there, 'file'), 'utf8')).to.equal('old');
    expect(await readdir(join(root, 'trash'))).to.deep.equal([]);
  });
});
