import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { lazyPrograms, type Programs } from '../../src/cli/programs.js';
import type {
  ReplayRun,
  SimulateRun,
  SimulationOutcome,
  Simulator,
} from '../../src/sim/yardstick/simulate.js';
import type { RuleSummary } from '../../src/sim/yardstick/summarize.js';
import { FakeTerminal } from '../support/fake-terminal.js';
import { fillStore, type Recorded } from '../support/recorded-store.js';

/** The real simulator, which keeps what it was asked and answers at once. */
async function askedSimulator(): Promise<{
  programs: Partial<Programs>;
  asked: (SimulateRun | ReplayRun)[];
}> {
  const asked: (SimulateRun | ReplayRun)[] = [];
  const outcome: SimulationOutcome = { summaries: [], assumptions: [], charts: [] };
  const answer = (run: SimulateRun | ReplayRun): Promise<SimulationOutcome> => {
    asked.push(run);
    return Promise.resolve(outcome);
  };
  const real = await lazyPrograms().loadSimulator();
  const simulator: Simulator = { ...real, simulate: answer, replay: answer };
  return { asked, programs: { loadSimulator: () => Promise.resolve(simulator) } };
}

describe('ballast simulate', () => {
  const real = lazyPrograms();
  let folder: string;
  let recorded: Recorded;
  let terminal: FakeTerminal;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-simulate-'));
    recorded = await fillStore(folder);
    const config = { secrets: ['a-secret-for-a-test'], store: recorded.spec, placement: { tolerance: 0.01 } };
    writeFileSync(join(folder, 'recorded.yaml'), JSON.stringify(config));
  });
  beforeEach(() => {
    terminal = new FakeTerminal(folder);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('lists days and rules', async () => {
    expect(await terminal.run(['simulate', '--list'], real)).to.equal(0);
    expect(terminal.printed).to.match(/^DAY +WHAT IS HARD\n/);
    for (const name of ['storm', 'few-huge', 'predicted', 'scalelite', 'clairvoyant']) {
      expect(terminal.printed).to.match(new RegExp(`^${name} +\\S`, 'm'));
    }
  });

  it('runs a school day of three seeds under every rule by default', async () => {
    const { programs, asked } = await askedSimulator();
    expect(await terminal.run(['simulate'], programs)).to.equal(0);
    expect(asked).to.have.length(1);
    expect(asked[0]).to.deep.include({ days: ['school-day'], own: [], seeds: 3, wantsCharts: false });
    const { rules } = await real.loadSimulator();
    expect(asked[0]?.rules).to.deep.equal(rules.map(({ name }) => name));
  });

  it('adds policies as they would be with other settings', async () => {
    const { programs, asked } = await askedSimulator();
    const set = ['--set', 'placement.tolerance=0.02', 'placement.ramp=5m', 'placement.limits.cpu=0.7'];
    const argv = ['simulate', '--day', 'all', '--policy', 'predicted', 'round-robin', ...set];
    expect(await terminal.run(argv, programs)).to.equal(0);
    const [run] = asked;
    expect(run?.rules).to.deep.equal(['predicted', 'round-robin', 'clairvoyant']);
    expect(run?.own.map(({ name, policy }) => [name, policy])).to.deep.equal([
      ['predicted (as set)', 'predicted'],
      ['round-robin (as set)', 'round-robin'],
    ]);
    const limits = { cpu: 0.7, memory: 0.9, network: 0.85 };
    expect(run?.own[0]?.settings).to.deep.include({ tolerance: 0.02, rampMs: 300_000, limits });
    expect(run !== undefined && 'days' in run ? run.days.length : 0).to.equal(9);
  });

  it('prints a table, its assumptions and a chart of a replayed day', async () => {
    const argv = ['simulate', '--replay', '--config', 'recorded.yaml', '--policy', 'fewest-attendees'];
    const more = ['--set', 'placement.defaultMeetingSize=25', '--svg', 'replay.svg', '--export', 'day.json'];
    expect(await terminal.run([...argv, ...more], real)).to.equal(0);
    expect(terminal.printed).to.match(/^replay \(1 seed, 40 meetings\)\nRULE +REGRET +PEOPLE-MIN >80 %/);
    const rules = ['as it was', 'predicted (configured)', 'fewest-attendees (as set)', 'clairvoyant'];
    for (const rule of rules) expect(terminal.printed).to.include(`\n${rule} `);
    expect(terminal.printed).to.match(/Assumed:\n- People arrive by the usual curve/);
    expect(terminal.complained).to.include('replay.svg').and.to.include('day.json');
    expect(readFileSync(join(folder, 'replay.svg'), 'utf8'))
      .to.match(/^<svg/)
      .and.to.include('as it was: ');

    // What was exported gives the same table, away from store and configuration.
    const printed = terminal.printed.replace(/^predicted \(configured\).*\n/m, '');
    expect(
      await terminal.run(['simulate', '--replay', 'day.json', ...argv.slice(4), ...more.slice(0, 2)], real),
    ).to.equal(0);
    expect(terminal.printed).to.equal(printed);
  });

  it('prints JSON and nothing else on standard output', async () => {
    const argv = [
      'simulate',
      '--json',
      '--replay',
      '--config',
      'recorded.yaml',
      '--rule',
      'scalelite',
      'pilos',
      'clairvoyant',
    ];
    expect(await terminal.run(argv, real)).to.equal(0);
    const { summaries } = JSON.parse(terminal.printed) as { summaries: readonly RuleSummary[] };
    expect(summaries.map(({ rule }) => rule)).to.deep.equal([
      'as it was',
      'predicted (configured)',
      'scalelite',
      'pilos',
      'clairvoyant',
    ]);
    for (const { means } of summaries) expect(means.created).to.equal(40);
  });

  it('writes a chart a day where there are several', async () => {
    const simulator = await real.loadSimulator();
    const programs = {
      loadSimulator: () =>
        Promise.resolve({
          ...simulator,
          simulate: async ({ days }: SimulateRun) => ({
            ...(await simulator.simulate({ days: [], rules: [], own: [], seeds: 1, wantsCharts: false })),
            charts: days.map((day) => ({ day, svg: `<svg>${day}</svg>` })),
          }),
        }),
    };
    expect(
      await terminal.run(['simulate', '--day', 'storm', 'few-huge', '--svg', 'cpu.svg'], programs),
    ).to.equal(0);
    const charts = readdirSync(folder).filter((file) => file.startsWith('cpu'));
    expect(charts.sort()).to.deep.equal(['cpu-few-huge.svg', 'cpu-storm.svg']);
  });

  it('stops at a signal', async () => {
    const { programs } = await askedSimulator();
    const simulator = (await programs.loadSimulator?.()) ?? expect.fail('no simulator');
    const simulate = ({ signal }: SimulateRun): Promise<SimulationOutcome> =>
      new Promise((_, fail) => {
        signal?.addEventListener('abort', () => {
          fail(signal.reason as Error);
        });
        terminal.signal();
      });
    const loaded = { loadSimulator: () => Promise.resolve({ ...simulator, simulate }) };
    expect(await terminal.run(['simulate'], loaded)).to.equal(1);
    expect(terminal.complained).to.equal('ballast: stopped\n');
    expect(terminal.listeners).to.equal(0);
  });

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--day', 'strom'], /no day "strom"; did you mean storm\?/],
    [['--day', 'a-day-on-the-moon'], /there are storm, school-day/],
    [['--rule', 'scalelight'], /did you mean scalelite\?/],
    [['--policy', 'predict'], /did you mean predicted\?/],
    [['--set', 'placement.tolerence=1'], /did you mean placement\.tolerance\?/],
    [['--set', 'placement.tolerance'], /KEY=VALUE/],
    [
      ['--set', 'placement.tolerance=much'],
      /placement\.tolerance: given "much"; allowed: a number from 0 to 1/,
    ],
    [['--seeds', '0'], /whole number from 1/],
    [['--from', '2025-03-03'], /need --replay/],
    [['--replay', '--from', 'monday'], /2025-03-03T08:00/],
    [
      ['--replay', '--config', 'recorded.yaml', '--from', '2025-03-03', '--until', '2025-03-03'],
      /later than --from/,
    ],
  ];
  for (const [argv, message] of wrong) {
    it(`calls "simulate ${argv.join(' ')}" a wrong usage: exit 2`, async () => {
      const { programs, asked } = await askedSimulator();
      expect(await terminal.run(['simulate', ...argv], programs)).to.equal(2);
      expect(terminal.complained).to.match(message);
      expect(terminal.printed).to.equal('');
      expect(asked).to.deep.equal([]);
    });
  }

  it('says what is wrong with a file that cannot be replayed', async () => {
    writeFileSync(join(folder, 'broken.json'), '{"kind":"ballast-recorded-day","version":7}');
    expect(await terminal.run(['simulate', '--replay', 'broken.json'], real)).to.equal(1);
    expect(terminal.complained).to.match(/^ballast: broken\.json cannot be replayed: version: /);
    expect(await terminal.run(['simulate', '--replay', 'none.json'], real)).to.equal(1);
    expect(terminal.complained).to.include('none.json cannot be replayed');
  });
});
