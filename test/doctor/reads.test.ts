import { expect } from 'chai';
import { startApp } from '../../src/app.js';
import { loadConfig } from '../../src/config/load-config.js';
import { until } from '../support/app-rig.js';
import { definitionOf, DoctorRig, faultLines, noteLines } from '../support/doctor-rig.js';
import { RecordingLogger } from '../support/recording-logger.js';

describe('doctor, asking whose recordings were read', () => {
  let rig: DoctorRig;
  beforeEach(async () => {
    rig = new DoctorRig();
    const gone = { url: 'http://127.0.0.1:1/bigbluebutton/api' };
    await rig.store(
      definitionOf(await rig.sim('bbb1')),
      definitionOf(await rig.sim('bbb8'), { ...gone, adminState: 'disabled' }),
      definitionOf(await rig.sim('bbb9'), gone),
    );
  });
  afterEach(() => rig.stop());

  /** Starts a balancer on the rig's store, and waits until it has read what it can. */
  async function running(settings: Readonly<Record<string, unknown>> = {}): Promise<void> {
    rig.configure({ listen: { host: '127.0.0.1', port: 0 }, ...settings });
    const { config } = loadConfig({ file: rig.configFile, env: {}, cwd: rig.folder });
    const logger = new RecordingLogger();
    const app = rig.keep(await startApp(config, { logger }));
    await app.firstPoll;
    rig.configure({ listen: { host: '127.0.0.1', port: Number(new URL(app.url).port) }, ...settings });
  }

  it('names the servers because of which lists fail or lack something', async () => {
    await running();
    await until('bbb1 is read', async () => (await rig.look()).servers[0]?.state === 'ok');
    const report = await rig.look();
    expect(faultLines(report).filter((line) => line.includes('never read'))).to.deep.equal([
      'bbb9: its recordings were never read: every getRecordings fails until they are → ' +
        'bring it back, or `ballast server disable bbb9`: lists then lack what only it has',
    ]);
    expect(noteLines(report).filter((line) => line.includes('never read'))).to.deep.equal([
      'bbb8: its recordings were never read: they are missing in every list → ' +
        'they are read as soon as it answers; if it never will, remove it',
    ]);
  });

  it('says nothing of it while Ballast does not run', async () => {
    rig.configure();
    expect(JSON.stringify(await rig.look())).not.to.include('never read');
  });

  it('says nothing of it where recordings are in the archive', async () => {
    await running({
      publicUrl: 'http://127.0.0.1',
      recordings: { mode: 'archive', directory: `${rig.folder}/archive` },
    });
    const report = await rig.look();
    expect(report.things.at(-1)?.summary).to.match(/^runs at/);
    expect(JSON.stringify(report)).not.to.include('never read');
  });
});
