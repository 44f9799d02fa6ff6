import { expect } from 'chai';
import { lazyPrograms } from '../../src/cli/programs.js';
import { definitionOf, DoctorRig } from '../support/doctor-rig.js';
import { FakeTerminal } from '../support/fake-terminal.js';
import type { ScenarioHost } from '../support/scenario-hosts.js';
import { DOCTOR_ENGINES, type DoctorEngine } from './rig/doctor-engines.js';

/** Two hosts of the pool, found by each of the two tags, and one whose clock is wrong; every 10 s, the newest 3 s old. */
const HOSTS: readonly ScenarioHost[] = [
  { server: 'bbb1', host: 'one.example.org', cpuCount: 4, samples: samples() },
  { host: 'two.example.org', cpuCount: 4, samples: samples() },
  { server: 'ahead', host: 'ahead.example.org', aheadS: 3_600, samples: samples() },
];

function samples(): ScenarioHost['samples'] {
  return [63, 53, 43, 33, 23, 13, 3].map((seconds) => ({
    ago: seconds * 1000,
    cpu: 0.3,
    available: 60,
    bytes: { eth0: (100 - seconds) * 500_000 },
  }));
}

for (const { name, start } of DOCTOR_ENGINES) {
  describe(`ballast doctor with ${name}`, function () {
    this.timeout(60_000);
    let engine: DoctorEngine;
    let rig: DoctorRig;
    before(async () => {
      engine = await start(HOSTS, Date.now());
    });
    beforeEach(async () => {
      rig = new DoctorRig();
      const [one, two] = [await rig.sim('bbb1'), await rig.sim('bbb2')];
      await rig.store(definitionOf(one), definitionOf(two, { metricsHost: 'two.example.org' }));
    });
    afterEach(() => rig.stop());
    after(() => engine.stop());

    const doctor = async (metrics: DoctorEngine['metrics']): Promise<{ code: number; printed: string }> => {
      rig.configure({ metrics });
      const terminal = new FakeTerminal(rig.folder);
      const code = await terminal.run(['doctor'], lazyPrograms());
      expect(terminal.complained).to.equal('');
      for (const secret of [
        ...engine.secrets,
        'server-secret-of-bbb1',
        'front-end-secret-of-the-doctor-rig',
      ]) {
        expect(terminal.printed).not.to.include(secret);
      }
      return { code, printed: terminal.printed };
    };

    it('finds all well, and shows version, age of the newest sample and the tag it was found by', async () => {
      // Of a disabled server nothing is asked; unknown, its host would be worth a note.
      await rig.store(definitionOf(await rig.sim('ahead'), { adminState: 'disabled' }));
      const { code, printed } = await doctor(engine.metrics);
      expect(printed).to.include('Nothing is wrong.').and.to.match(engine.row);
      expect(printed).to.match(/samples of [23] of 3 servers$/m);
      expect(printed).to.match(/^bbb1 +ok .* (?:[3-9]|[1-9]\d) s +server *$/m);
      expect(printed).to.match(/^bbb2 +ok .* (?:[3-9]|[1-9]\d) s +host *$/m);
      expect(code).to.equal(0);
    });

    it('names a server that never wrote and one whose clock is ahead, each with what to do', async () => {
      await rig.store(definitionOf(await rig.sim('mute')), definitionOf(await rig.sim('ahead')));
      const { code, printed } = await doctor(engine.metrics);
      expect(code).to.equal(1);
      expect(printed).to.match(/^mute +WRONG .* - *$/m);
      expect(printed).to.match(/^ {2}mute: no samples of it: .*server=mute.*\n {4}do: .*telegraf/m);
      expect(printed).to.match(
        /^ {2}ahead: server=ahead .* 3[56]\d\d s in the future.*\n {4}do: set the clock/m,
      );
      expect(printed).to.match(/^bbb1 +ok /m);
    });

    it('names each thing that is wrong with the way there, in the words of the engine', async () => {
      for (const { metrics, words } of engine.wrong) {
        const { code, printed } = await doctor(metrics);
        expect(printed).to.match(words);
        expect(printed)
          .to.match(/^source +WRONG /m)
          .and.to.match(/^bbb1 +ok /m);
        expect(printed).to.include('1 thing is wrong, see above.');
        expect(code).to.equal(1);
      }
    });
  });
}
