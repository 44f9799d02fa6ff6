import { expect } from 'chai';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseXml } from '../../../src/bbb/xml.js';
import { archiveRig, recordIdOf, recordingTar, type ArchiveRig } from '../../support/archive-rig.js';

const ID = recordIdOf('room');

describe('RecordingArchive', () => {
  let rig: ArchiveRig;

  beforeEach(async () => {
    rig = await archiveRig();
  });

  afterEach(async () => {
    await rig.remove();
  });

  const files = (folder: string): Promise<string[]> => readdir(join(rig.folders.root, folder));

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
