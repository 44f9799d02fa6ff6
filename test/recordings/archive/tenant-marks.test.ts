import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  archiveRig,
  metadataXml,
  recordIdOf,
  recordingTar,
  tarOf,
  type ArchiveRig,
} from '../../support/archive-rig.js';

const ID = recordIdOf('room');

/** What Scalelite's creates add to a tenant's meetings. */
function markOf(name: string): string {
  return `<tenant-id>5b5d9a3c-2f0f-4a53-9c8e-1d2b7a3a9c11</tenant-id><tenant-name>${name}</tenant-name>`;
}

describe('Import of recordings that Scalelite has marked with a tenant', () => {
  let rig: ArchiveRig;
  const tenants = ['school', 'college', 'default-tenant'];

  beforeEach(async () => {
    rig = await archiveRig({ tenants });
  });

  afterEach(async () => {
    await rig.remove();
  });

  const importMarked = async (name: string, meetingId = 'lesson'): Promise<void> => {
    await rig.importTar(
      await recordingTar(ID, ['presentation'], { meetingId, meta: markOf(name) }),
      'lecture.tar',
    );
  };
  const entry = async () => (await rig.store.recordings.findRecordings([ID]))[0];

  it('gives a recording to the tenant whose name it carries, with the ID its front end knows', async () => {
    await importMarked('school');
    expect(await entry()).to.include({ tenantId: 'school', meetingId: 'lesson', state: 'published' });
    expect((await rig.archive.find(ID))?.tenantId).to.equal('school');
  });

  it('finds the tenant that the move has given another ID', async () => {
    await importMarked('default');
    expect(await entry()).to.include({ tenantId: 'default-tenant', meetingId: 'lesson' });
  });

  it('leaves a meeting of Ballast to the tenant in its ID, whatever its metadata say', async () => {
    await importMarked('college', 'school--lesson');
    expect(await entry()).to.include({ tenantId: 'school', meetingId: 'lesson' });
  });

  it('puts one of a tenant that is not there aside, and imports it once it is', async () => {
    await importMarked('academy');
    expect(rig.outcomes).to.deep.equal(['failed']);
    expect(await entry()).to.equal(undefined);
    const [failed] = await rig.importer.failed();
    expect(failed?.reason).to.equal(
      `presentation/${ID}: it is of Scalelite's tenant "academy", and there is no tenant "academy": apply one, then retry`,
    );
    const root = rig.root;
    await rig.stop();
    rig = await archiveRig({ root, tenants: [...tenants, 'academy'] });
    await rig.importer.retry('lecture.tar');
    await rig.importer.settled();
    expect(rig.outcomes).to.deep.equal(['done']);
    expect(await entry()).to.include({ tenantId: 'academy', meetingId: 'lesson' });
  });

  it('imports the others of a tar of which one is of a tenant that is not there', async () => {
    const other = recordIdOf('other');
    await rig.importTar(
      await tarOf({
        [`presentation/${ID}/metadata.xml`]: metadataXml(ID, { meta: markOf('school') }),
        [`presentation/${other}/metadata.xml`]: metadataXml(other, { meta: markOf('academy') }),
      }),
    );
    expect(rig.outcomes).to.deep.equal(['failed']);
    expect(await entry()).to.include({ tenantId: 'school' });
    expect(await rig.archive.find(other)).to.equal(undefined);
    expect(await readdir(join(rig.folders.root, 'published', 'presentation'))).to.deep.equal([ID]);
  });

  it('gives all to the default tenant while there is no other', async () => {
    await rig.remove();
    rig = await archiveRig();
    await importMarked('academy');
    expect(rig.outcomes).to.deep.equal(['done']);
    expect(await entry()).to.include({ tenantId: 'default', meetingId: 'lesson' });
  });

  it('moves no recording when a front end writes the mark into its metadata', async () => {
    await rig.importTar(await recordingTar(ID));
    await rig.archive.update(ID, { metadata: new Map([['tenant-name', 'school']]) });
    await rig.importTar(await recordingTar(ID, ['video']));
    expect((await rig.archive.find(ID))?.formats).to.have.length(2);
    expect(await entry()).to.include({ tenantId: 'default' });
  });

  it('keeps a recording where it is when a later format carries no mark', async () => {
    await importMarked('school');
    await rig.importTar(await recordingTar(ID, ['video'], { meetingId: 'lesson' }));
    expect((await rig.archive.find(ID))?.formats).to.have.length(2);
    expect(await entry()).to.include({ tenantId: 'school', meetingId: 'lesson' });
  });
});
