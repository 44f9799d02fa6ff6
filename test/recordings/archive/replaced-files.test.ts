import { expect } from 'chai';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchiveFolders } from '../../../src/recordings/archive/archive-folders.js';
import { archiveRig, recordIdOf, recordingTar, type ArchiveRig } from '../../support/archive-rig.js';

const ID = recordIdOf('room');

/** Nothing is moved any more, as after a crash, once so many moves were made. */
class CutFolders extends ArchiveFolders {
  #left: number;

  constructor(directory: string, left: number) {
    super(directory);
    this.#left = left;
  }

  override async moveIn(from: string, to: string): Promise<void> {
    if (this.#left-- <= 0) throw new Error('cut');
    await super.moveIn(from, to);
  }

  override async discard(path: string): Promise<void> {
    if (this.#left-- <= 0) throw new Error('cut');
    await super.discard(path);
  }
}

describe('A recording that comes again with the other published state', () => {
  let rig: ArchiveRig;

  beforeEach(async () => {
    rig = await archiveRig();
  });

  afterEach(async () => {
    await rig.remove();
  });

  const tar = (content: string, isPublished: boolean): Promise<Buffer> =>
    recordingTar(ID, ['presentation'], { content, isPublished });
  const expectNew = async (isPublished: boolean): Promise<void> => {
    const path = join(rig.folders.format(isPublished, 'presentation', ID), 'content.txt');
    expect(await readFile(path, 'utf8')).to.equal('NEW of presentation');
    const other = join(rig.folders.root, isPublished ? 'unpublished' : 'published', 'presentation');
    expect(await readdir(other)).to.deep.equal([]);
    expect(await rig.archive.find(ID)).to.include({ isPublished });
  };

  for (const isPublished of [true, false]) {
    const state = isPublished ? 'published' : 'unpublished';

    it(`has the new files (now ${state})`, async () => {
      await rig.importTar(await tar('OLD', !isPublished));
      await rig.importTar(await tar('NEW', isPublished));
      await expectNew(isPublished);
    });

    const meanwhile = {
      nothing: async () => undefined,
      repair: () => rig.archive.repair(new AbortController().signal),
      'a call of the front end': () => rig.archive.publish(ID, isPublished),
    };
    for (const [name, happen] of Object.entries(meanwhile))
      it(`has the new files wherever the import is cut (now ${state}, then ${name})`, async () => {
        for (let moves = 1; moves < 6; moves++) {
          await rig.remove();
          rig = await archiveRig();
          await rig.importTar(await tar('OLD', !isPublished));
          const { root } = rig;
          await rig.stop();
          rig = await archiveRig({ root, folders: new CutFolders(join(root, 'recordings'), moves) });
          await rig.importTar(await tar('NEW', isPublished));
          await rig.stop();
          rig = await archiveRig({ root });
          await happen();
          await rig.importer.start();
          await rig.importer.settled();
          await expectNew(isPublished);
        }
      });
  }
});
