import { expect } from 'chai';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { followTenants } from '../../../src/recordings/archive/follow-tenants.js';
import { archiveRig, recordIdOf, recordingTar, type ArchiveRig } from '../../support/archive-rig.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const [FIRST, SECOND, THIRD] = ['a', 'b', 'c'].map((name) => recordIdOf(name)).sort() as [
  string,
  string,
  string,
];
const options = { meetingId: 'lesson', meta: '<tenant-name>school</tenant-name>' };

describe('Archive with files that cannot be read or moved', () => {
  let rig: ArchiveRig;
  let logger: RecordingLogger;

  beforeEach(async () => {
    logger = new RecordingLogger();
    rig = await archiveRig();
  });

  afterEach(async () => {
    await rig.remove();
  });

  const tenantOf = async (id: string): Promise<string | undefined> =>
    (await rig.store.recordings.findRecordings([id]))[0]?.tenantId;
  const logged = (): readonly unknown[] =>
    logger.entries.map(({ level, fields }) => `${level} ${String(fields.recordId)}`);
  /** The same folders and database in a Ballast that has a tenant. */
  const withTenant = async (): Promise<void> => {
    const { root } = rig;
    await rig.stop();
    rig = await archiveRig({ root, tenants: ['school'], logger });
  };
  /** As a crash leaves them, and where they belong is no folder any more. */
  const lockOut = async (id: string): Promise<void> => {
    const { folders } = rig;
    await folders.moveIn(folders.format(true, 'video', id), folders.format(false, 'video', id));
    await rm(join(folders.root, 'published', 'video'), { recursive: true });
    await writeFile(join(folders.root, 'published', 'video'), '');
  };
  const repair = (): Promise<void> => rig.archive.repair(new AbortController().signal);

  it('gives those behind one that fails to be read to their tenant, says which, and looks once', async () => {
    for (const id of [FIRST, SECOND]) await rig.importTar(await recordingTar(id, ['presentation'], options));
    const path = join(rig.folders.format(true, 'presentation', FIRST), 'metadata.xml');
    await rm(path);
    await mkdir(path);
    await withTenant();
    let tenants = ['default'];
    const look = followTenants({ archive: rig.archive, tenantIds: () => tenants });
    tenants = ['default', 'school'];
    for (let at = 0; at < 2; at++) await look(new AbortController().signal);
    expect(await tenantOf(FIRST)).to.equal('default');
    expect(await tenantOf(SECOND)).to.equal('school');
    expect(logged()).to.deep.equal([`error ${FIRST}`]);
  });

  it('gives one to its tenant whose files cannot be moved, and those behind it', async () => {
    await rig.importTar(await recordingTar(FIRST, ['video'], options));
    await rig.importTar(await recordingTar(SECOND, ['presentation'], options));
    await lockOut(FIRST);
    await withTenant();
    await repair();
    for (const id of [FIRST, SECOND]) expect(await tenantOf(id)).to.equal('school');
    expect(logged()).to.deep.equal([`error ${FIRST}`]);
  });

  it('gives a breakout room to the tenant of its parent also when its files cannot be moved', async () => {
    const extra = `<breakout parentMeetingId="${FIRST}" sequence="1"/>`;
    await rig.importTar(await recordingTar(SECOND, ['video'], { meetingId: 'made-by-bbb', extra }));
    for (const id of [FIRST, THIRD]) await rig.importTar(await recordingTar(id, ['presentation'], options));
    await lockOut(SECOND);
    await withTenant();
    await repair();
    for (const id of [FIRST, SECOND, THIRD]) expect(await tenantOf(id)).to.equal('school');
    expect(logged()).to.deep.equal([`error ${SECOND}`]);
  });
});
