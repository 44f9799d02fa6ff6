import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { lazyPrograms, type DoctorRun } from '../../src/cli/programs.js';
import type { DoctorReport } from '../../src/doctor/report.js';
import { definitionOf, DoctorRig } from '../support/doctor-rig.js';
import { FakeTerminal } from '../support/fake-terminal.js';

const HEALTHY: DoctorReport = {
  isHealthy: true,
  checkedAt: '2030-01-07T08:05:00.000Z',
  version: '1.2.3',
  things: [{ name: 'configuration', state: 'ok', summary: 'ballast.yaml' }],
  servers: [],
  strangers: [],
  findings: [],
};

describe('ballast doctor', () => {
  let rig: DoctorRig;
  let terminal: FakeTerminal;
  const programs = lazyPrograms();
  const runDoctor = (run: DoctorRun): Promise<DoctorReport> => programs.runDoctor(run);
  beforeEach(() => {
    rig = new DoctorRig();
    terminal = new FakeTerminal(rig.folder);
  });
  afterEach(() => rig.stop());

  async function asked(argv: readonly string[]): Promise<DoctorRun> {
    let run: DoctorRun | undefined;
    const code = await terminal.run(argv, {
      runDoctor: async (given) => {
        run = given;
        return HEALTHY;
      },
    });
    expect(code).to.equal(0);
    if (run === undefined) throw new Error('the doctor was not asked');
    return run;
  }

  it('takes ./ballast.yaml, another file, or the environment alone', async () => {
    expect((await asked(['doctor'])).file).to.equal(undefined);
    rig.configure();
    expect((await asked(['doctor'])).file).to.equal('ballast.yaml');
    expect((await asked(['doctor', '--config', 'x.yaml'])).file).to.equal('x.yaml');
  });

  it('reads a cluster file, also from standard input', async () => {
    writeFileSync(join(rig.folder, 'c.yaml'), 'kind: Server\n');
    expect((await asked(['doctor', '--cluster', 'c.yaml'])).cluster).to.deep.equal({
      text: 'kind: Server\n',
      directory: rig.folder,
    });
    terminal.stdin = 'kind: Tenant\n';
    expect((await asked(['doctor', '--cluster', '-'])).cluster?.text).to.equal('kind: Tenant\n');
    expect(await terminal.run(['doctor', '--cluster', 'none.yaml'])).to.equal(1);
    expect(terminal.complained).to.include('none.yaml');
  });

  it('exits with 0 when nothing is wrong, and says so', async () => {
    rig.configure();
    await rig.store(await rig.sim('bbb1'));
    expect(await terminal.run(['doctor'], { runDoctor })).to.equal(0);
    expect(terminal.printed).to.match(/^CHECKED +STATE +WHAT\nconfiguration +ok +ballast\.yaml\nstore +ok /);
    expect(terminal.printed).to.match(/^bbb1 +ok +enabled +\d+ ms +right +- +2\.0 +[+-]?\d{1,2} s +-$/m);
    expect(terminal.printed).to.match(/\nNothing is wrong\.\n$/);
    expect(terminal.complained).to.equal('');
  });

  it('exits with 1 and lists each fault with what to do about it', async () => {
    rig.configure();
    const sim = await rig.sim('bbb1');
    const gone = await rig.sim('bbb2');
    await gone.refuse();
    await rig.store(definitionOf({ id: 'bbb1', url: sim.url, secret: 'a-secret-it-does-not-have' }), gone);
    expect(await terminal.run(['doctor'], { runDoctor })).to.equal(1);
    expect(terminal.printed).to.match(/^bbb1 +WRONG +enabled +\d+ ms +wrong /m);
    expect(terminal.printed).to.match(/^bbb2 +WRONG +enabled +refused +- /m);
    expect(terminal.printed).to.match(
      /\nWrong:\n {2}bbb1: .*checksumError.*\n {4}do: .*\n {2}bbb2: .*\n {4}do: /,
    );
    expect(terminal.printed).to.match(/\n2 things are wrong, see above\.\n$/);
    for (const secret of [sim.secret, 'a-secret-it-does-not-have', gone.secret]) {
      expect(terminal.printed).not.to.include(secret);
    }
  });

  it('prints the whole report as JSON, with the same exit code', async () => {
    rig.configure();
    const sim = await rig.sim('bbb1', { clockSkewMs: 120_000 });
    await rig.store(sim);
    expect(await terminal.run(['doctor', '--json'], { runDoctor })).to.equal(1);
    const report = JSON.parse(terminal.printed) as Record<string, unknown> & DoctorReport;
    expect(report).to.have.all.keys(Object.keys(HEALTHY));
    expect(report.isHealthy).to.equal(false);
    expect(report.things.map(({ name }) => name)).to.deep.equal([
      'configuration',
      'store',
      'source',
      'balancer',
    ]);
    expect(report.servers[0]).to.include({
      id: 'bbb1',
      state: 'fault',
      isReachable: true,
      isSecretRight: true,
    });
    expect(report.findings[0]).to.have.all.keys('severity', 'about', 'serverId', 'message', 'advice');
    expect(report.findings[0]).to.include({ severity: 'fault', about: 'server', serverId: 'bbb1' });
    expect(terminal.printed).not.to.include(sim.secret);
  });

  it('says the faults of a configuration it cannot load, and exits with 1', async () => {
    writeFileSync(rig.configFile, 'secrets: []\npoll: { interval: soon }\n');
    expect(await terminal.run(['doctor'], { runDoctor })).to.equal(1);
    expect(terminal.printed).to.include('configuration: poll.interval: given "soon"');
    expect(await terminal.run(['doctor', '--config', 'missing.yaml'], { runDoctor })).to.equal(1);
    expect(terminal.printed).to.include('no such file');
  });

  it('moves no cursor, whatever a tag or an answer holds', async () => {
    const evil = `host=${String.fromCharCode(27)}[2Jx`;
    const code = await terminal.run(['doctor'], {
      runDoctor: async () => ({
        ...HEALTHY,
        findings: [{ severity: 'note', about: 'source', message: `${evil} sends samples`, advice: '' }],
      }),
    });
    expect(code).to.equal(0);
    expect(terminal.printed).to.include('source: host=?[2Jx sends samples');
  });
});
