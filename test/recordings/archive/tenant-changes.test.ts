import { expect } from 'chai';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArchivedRecording } from '../../../src/recordings/archive/archived-recording.js';
import { followTenants } from '../../../src/recordings/archive/follow-tenants.js';
import type { RecordingImport } from '../../../src/recordings/archive/recording-import.js';
import { archiveRig, recordIdOf, recordingTar, type ArchiveRig } from '../../support/archive-rig.js';

const ID = recordIdOf('room');
const PARENT = recordIdOf('parent');
const meta = '<tenant-name>school</tenant-name>';

describe('Archive whose tenants change', () => {
  let rig: ArchiveRig;

  beforeEach(async () => {
    rig = await archiveRig();
  });

  afterEach(async () => {
    await rig.remove();
  });

  const marked = (formats = ['presentation']): Promise<Buffer> =>
    recordingTar(ID, formats, { meetingId: 'lesson', meta });
  const entryOf = async (id = ID) => (await rig.store.recordings.findRecordings([id]))[0];
  const repair = (): Promise<void> => rig.archive.repair(new AbortController().signal);
  /** The same folders and database in a Ballast with these tenants. */
  const withTenants = async (tenants: readonly string[]): Promise<void> => {
    const { root } = rig;
    await rig.stop();
    rig = await archiveRig({ root, tenants });
  };

  it('brings one that came before its tenant to it when the same file comes again', async () => {
    await rig.importTar(await marked());
    expect(await entryOf()).to.include({ tenantId: 'default' });
    await withTenants(['school']);
    const id = await rig.importTar(await marked());
    expect(await entryOf()).to.include({ tenantId: 'school', meetingId: 'lesson' });
    expect(rig.outcomes).to.deep.equal(['done']);
    expect(await rig.importer.find(id)).to.include({ step: 'done' });
    await rig.importTar(await marked());
    expect(rig.outcomes).to.deep.equal(['done']);
  });

  it('brings those that came before their tenant to it by what their files say', async () => {
    await rig.importTar(await marked(['presentation', 'video']));
    await rig.importTar(await recordingTar(PARENT, ['presentation'], { meetingId: 'school--lesson' }));
    const unmarked = recordIdOf('unmarked');
    await rig.importTar(await recordingTar(unmarked));
    await rig.archive.update(ID, { metadata: new Map([['tenant-name', 'college']]) });
    await rig.archive.publish(ID, false);
    await withTenants(['college', 'school']);
    await repair();
    expect(await entryOf()).to.include({ tenantId: 'school', meetingId: 'lesson', state: 'unpublished' });
    expect(await entryOf(PARENT)).to.include({ tenantId: 'school', meetingId: 'lesson' });
    expect((await rig.archive.find(ID))?.tenantId).to.equal('school');
    expect(await entryOf(unmarked)).to.include({ tenantId: 'default' });
  });

  it('looks at the files when a tenant has come, until that look was whole', async () => {
    await rig.importTar(await marked());
    await withTenants(['school']);
    let ids = ['default'];
    const look = followTenants({ archive: rig.archive, tenantIds: () => ids });
    const running = new AbortController().signal;
    await look(running);
    expect(await entryOf()).to.include({ tenantId: 'default' });
    ids = ['default', 'school'];
    await look(AbortSignal.abort());
    expect(await entryOf()).to.include({ tenantId: 'default' });
    await look(running);
    expect(await entryOf()).to.include({ tenantId: 'school', meetingId: 'lesson' });
  });

  it('brings the index along at the next look when the first could not write it', async () => {
    await rig.importTar(await marked());
    const { root } = rig;
    const { store } = rig;
    const faulty = Object.create(store.recordings, {
      saveRecordings: { value: () => Promise.reject(new Error('the store is away')) },
    }) as typeof store.recordings;
    const failing = await archiveRig({
      ...{ root, tenants: ['school'] },
      store: Object.create(store, { recordings: { value: faulty } }) as typeof store,
    });
    const running = new AbortController().signal;
    const failed = await failing.archive.giveToNamed(running).catch((error: unknown) => error);
    expect(failed).to.include({ message: 'the store is away' });
    await withTenants(['school']);
    await rig.archive.giveToNamed(running);
    expect(await entryOf()).to.include({ tenantId: 'school' });
  });

  it('brings breakout rooms along, whichever of the two IDs comes first', async () => {
    const rooms = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => recordIdOf(name));
    const extra = `<breakout parentMeetingId="${PARENT}" sequence="1"/>`;
    for (const room of rooms)
      await rig.importTar(await recordingTar(room, ['presentation'], { meetingId: `bbb-${room}`, extra }));
    await rig.importTar(await recordingTar(PARENT, ['presentation'], { meetingId: 'lesson', meta }));
    expect([...rooms, PARENT].sort().indexOf(PARENT)).to.be.within(1, 5);
    await withTenants(['school']);
    await repair();
    for (const id of [...rooms, PARENT]) expect(await entryOf(id)).to.include({ tenantId: 'school' });
  });

  it('leaves one where it is whose metadata.xml cannot be read', async () => {
    await rig.importTar(await marked());
    await rig.importTar(await recordingTar(PARENT, ['presentation'], { meetingId: 'lesson', meta }));
    await writeFile(join(rig.folders.format(true, 'presentation', ID), 'metadata.xml'), '<recording>');
    await withTenants(['school']);
    await repair();
    expect(await entryOf()).to.include({ tenantId: 'default' });
    expect(await entryOf(PARENT)).to.include({ tenantId: 'school' });
  });

  it('gives nothing to another tenant by itself when a tenant is gone', async () => {
    await withTenants(['school']);
    await rig.importTar(await marked());
    for (const tenants of [['college'], []]) {
      await withTenants(tenants);
      await repair();
      expect(await entryOf()).to.include({ tenantId: 'school' });
    }
  });

  it('gives one that is sent again to the default tenant once there is no other', async () => {
    await withTenants(['school']);
    await rig.importTar(await marked());
    await withTenants([]);
    await rig.importTar(await marked());
    expect(await entryOf()).to.include({ tenantId: 'default', meetingId: 'lesson' });
  });

  it('says that its tenant is gone when one is sent again', async () => {
    await withTenants(['school']);
    await rig.importTar(await marked());
    await withTenants(['college']);
    await rig.importTar(await marked());
    expect(rig.outcomes).to.deep.equal(['failed']);
    expect((await rig.importer.failed())[0]?.reason).to.include('there is no tenant "school"');
    expect(await entryOf()).to.include({ tenantId: 'school' });
  });

  for (const step of ['unpacked', 'moved'] as const) {
    it(`puts one aside whose tenant has gone since it was ${step}, and imports it once it is back`, async () => {
      await withTenants(['school']);
      const { store } = rig;
      const cut = Object.create(store.recordingImports, {
        saveImport: {
          value: async (entry: RecordingImport) => {
            await store.recordingImports.saveImport(entry);
            if (entry.step === step) throw new Error('cut');
          },
        },
      }) as typeof store.recordingImports;
      const root = rig.root;
      const cutRig = await archiveRig({
        ...{ root, tenants: ['school'] },
        store: Object.create(store, { recordingImports: { value: cut } }) as typeof store,
      });
      await cutRig.importTar(await marked(), 'lecture.tar');
      expect(cutRig.outcomes).to.deep.equal(['retried']);
      await cutRig.importer.stop();
      await cutRig.archive.stop();

      await withTenants(['college']);
      await rig.importer.start();
      await rig.importer.settled();
      expect(rig.outcomes).to.deep.equal(['failed']);
      expect((await rig.importer.failed())[0]?.reason).to.include('there is no tenant "school"');
      expect(await rig.archive.find(ID)).to.equal(undefined);
      expect(await entryOf()).to.equal(undefined);
      for (const folder of ['published', 'unpublished'])
        for (const format of await readdir(join(rig.folders.root, folder)))
          expect(await readdir(join(rig.folders.root, folder, format))).to.deep.equal([]);

      await withTenants(['school']);
      await rig.importer.retry('lecture.tar');
      await rig.importer.settled();
      expect(rig.outcomes).to.deep.equal(['done']);
      expect(await entryOf()).to.include({ tenantId: 'school', meetingId: 'lesson' });
    });
  }

  it('writes no row for one whose tenant goes while it is recorded', async () => {
    await withTenants(['school']);
    await rig.importTar(await marked());
    const [done] = await rig.store.recordingImports.listImports(['done']);
    const row = await rig.archive.find(ID);
    await withTenants(['college']);
    await rig.store.archive.removeArchived(ID);
    let recorded: readonly ArchivedRecording[] | undefined;
    let fault: unknown;
    try {
      recorded = await rig.archive.record(done?.found ?? []);
    } catch (error) {
      fault = error;
    }
    expect(row?.tenantId).to.equal('school');
    expect(recorded).to.equal(undefined);
    expect(fault).to.include({ kind: 'bad-archive', isFinal: true });
    expect(await rig.archive.find(ID)).to.equal(undefined);
  });
});
