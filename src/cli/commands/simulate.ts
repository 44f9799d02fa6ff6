import { readFileSync, writeFileSync } from 'node:fs';
import { parse, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load-config.js';
import { nearestName } from '../../config/nearest-name.js';
import { POLICY_NAMES, type PolicyName } from '../../policy-names.js';
import type { RecordedDay } from '../../sim/yardstick/recorded-day.js';
import type { OwnRuleRun, SimulationOutcome, Simulator } from '../../sim/yardstick/simulate.js';
import { CliError } from '../cli-error.js';
import { type CommandContext, printAnswer } from '../command-context.js';
import { defaultConfigFile } from '../default-config-file.js';
import { placementSettings } from '../placement-settings.js';
import { progressLine } from '../progress-line.js';
import { simulationList, simulationReport } from '../simulation-report.js';
import { listenForStop } from '../stop-signals.js';

interface SimulateOptions {
  readonly day: readonly string[];
  readonly rule?: readonly string[];
  readonly policy?: readonly string[];
  readonly set?: readonly string[];
  readonly config?: string;
  readonly replay?: string | true;
  readonly from?: number;
  readonly until?: number;
  readonly export?: string;
  readonly seeds?: number;
  readonly svg?: string;
  readonly list?: true;
}

const EXAMPLES = `
Examples:
  ballast simulate                                          (a school day under every rule)
  ballast simulate --list
  ballast simulate --day storm one-server-dies --seeds 5 --svg cpu.svg
  ballast simulate --day all --policy predicted --set placement.tolerance=0.02
  ballast simulate --replay --set placement.defaultMeetingSize=25      (the newest day of the configured store)
  ballast simulate --replay --from 2025-03-03 --until 2025-03-04 --export monday.json
  ballast simulate --replay monday.json --policy predicted round-robin`;

/** `simulate`: what placement rules make of days that are made up, or of one that was recorded. Needs no balancer. */
export function addSimulate(program: Command, context: CommandContext): void {
  program
    .command('simulate')
    .description('run placement policies, and the rules of other balancers, on simulated or recorded days')
    .option('--day <names...>', 'which days, or all', ['school-day'])
    .option('--rule <names...>', 'which rules (default: all of them)')
    .option(
      '--policy <names...>',
      'only these policies of Ballast, with --set also as set, beside what --rule names',
    )
    .option(
      '--set <assignments...>',
      'KEY=VALUE of a placement setting: adds the policies as they would be then',
    )
    .option('--seeds <number>', 'days of each kind, alike and not equal (default: 3, with --replay 1)', seeds)
    .option(
      '--replay [file]',
      'a recorded day: a file of --export, or else from the store of the configuration',
    )
    .option(
      '--config <file>',
      'with --replay: configuration whose store is read; its placement settings count',
    )
    .option(
      '--from <time>',
      'with --replay: begin of the recorded time, as 2025-03-03 or 2025-03-03T08:00',
      time,
    )
    .option('--until <time>', 'with --replay: its end (default: a day)', time)
    .option(
      '--export <file>',
      'with --replay: write what is replayed as JSON, without names of people or secrets',
    )
    .option('--svg <file>', 'draw the CPU of each server, one file a day')
    .option('--list', 'list the days and the rules')
    .addHelpText('after', EXAMPLES)
    .action(async (options: SimulateOptions) => {
      await simulate(options, context);
    });
}

async function simulate(options: SimulateOptions, context: CommandContext): Promise<void> {
  const { terminal, programs } = context;
  const simulator = await programs.loadSimulator();
  const { days, rules } = simulator;
  if (options.list === true) {
    printAnswer(context, { days, rules }, () => simulationList(terminal, days, rules));
    return;
  }
  const isReplay = options.replay !== undefined;
  if (!isReplay && [options.from, options.until, options.export].some((given) => given !== undefined)) {
    throw new CliError('--from, --until and --export need --replay.', { exitCode: 2 });
  }
  const config = isReplay || options.config !== undefined ? configOf(options, context) : undefined;
  const { own, ruleNames } = chosenRules(options, simulator, config);
  const chosenDays = options.day.includes('all') ? days.map(({ name }) => name) : options.day;
  checkNames(
    'day',
    chosenDays,
    days.map(({ name }) => name),
  );
  const recorded = isReplay ? await recordedDay(options, simulator, config, context) : undefined;

  const stop = new AbortController();
  const signals = listenForStop(terminal);
  void signals.first.then(() => {
    stop.abort(new CliError('stopped'));
  });
  const progress = progressLine(terminal);
  try {
    const run = {
      ...{ own, rules: ruleNames, seeds: options.seeds ?? (isReplay ? 1 : 3) },
      wantsCharts: options.svg !== undefined,
      onProgress: progress.show,
      signal: stop.signal,
    };
    const outcome =
      recorded === undefined
        ? await simulator.simulate({ ...run, days: chosenDays })
        : await simulator.replay({ ...run, recorded });
    progress.end();
    if (options.svg !== undefined) writeCharts(resolve(terminal.cwd, options.svg), outcome.charts, context);
    const { summaries, assumptions } = outcome;
    printAnswer(context, { summaries, assumptions }, () =>
      simulationReport(terminal, summaries, assumptions),
    );
  } finally {
    progress.end();
    signals.forget();
  }
}

/** With a file of --export its own settings are enough; the configuration counts where there is one. */
function configOf({ config, replay }: SimulateOptions, { terminal }: CommandContext): Config | undefined {
  const file = config ?? defaultConfigFile(terminal.cwd);
  if (file === undefined && typeof replay === 'string') return undefined;
  return loadConfig({ file, env: terminal.env, cwd: terminal.cwd }).config;
}

function chosenRules(
  { rule, policy, set = [] }: SimulateOptions,
  { rules }: Simulator,
  config: Config | undefined,
): { readonly own: readonly OwnRuleRun[]; readonly ruleNames: readonly string[] } {
  const names = rules.map(({ name }) => name);
  checkNames('rule', rule ?? [], names);
  checkNames('policy', policy ?? [], POLICY_NAMES);
  const policies = (policy ?? []) as readonly PolicyName[];
  const base = placementSettings([], config?.placement);
  const changed = placementSettings(set, config?.placement);
  const own: OwnRuleRun[] = [];
  if (config !== undefined)
    own.push({ name: `${base.policy} (configured)`, policy: base.policy, settings: base });
  if (set.length > 0) {
    for (const name of policies.length > 0 ? policies : [changed.policy]) {
      own.push({ name: `${name} (as set)`, policy: name, settings: changed });
    }
  }
  const named = rule ?? (policy === undefined ? names : ['clairvoyant']);
  return { own, ruleNames: [...new Set([...policies, ...named])] };
}

function checkNames(what: string, given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const hint = nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`;
    throw new CliError(`There is no ${what} "${name}"; ${hint}`, { exitCode: 2 });
  }
}

async function recordedDay(
  options: SimulateOptions,
  simulator: Simulator,
  config: Config | undefined,
  { terminal, programs }: CommandContext,
): Promise<RecordedDay> {
  const { replay, from, until } = options;
  let recorded: RecordedDay;
  if (typeof replay === 'string') {
    if (from !== undefined || until !== undefined || options.export !== undefined) {
      throw new CliError('--from, --until and --export read the store: give --replay without a file.', {
        exitCode: 2,
      });
    }
    try {
      recorded = simulator.parseRecordedDay(readFileSync(resolve(terminal.cwd, replay), 'utf8'));
    } catch (error) {
      throw new CliError(
        `${replay} cannot be replayed: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
  } else {
    if (config === undefined) throw new CliError('--replay needs a configuration.', { exitCode: 2 });
    if (from !== undefined && until !== undefined && until <= from) {
      throw new CliError('--until must be later than --from.', { exitCode: 2 });
    }
    recorded = await programs.readRecordedDay(config.store, { from, until });
  }
  if (options.export !== undefined) {
    write(resolve(terminal.cwd, options.export), `${JSON.stringify(recorded, undefined, 1)}\n`);
    terminal.err(`wrote ${options.export}\n`);
  }
  return recorded;
}

/** One day: the file itself; several: its name with the day's. */
function writeCharts(file: string, charts: SimulationOutcome['charts'], { terminal }: CommandContext): void {
  const { dir, name, ext } = parse(file);
  for (const { day, svg } of charts) {
    const path = charts.length === 1 ? file : resolve(dir, `${name}-${day}${ext}`);
    write(path, svg);
    terminal.err(`wrote ${path}\n`);
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CliError(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

function seeds(text: string): number {
  const value = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > 1_000) throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
  return value;
}

/** A date alone is its local midnight; what names no zone is local time. */
function time(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00`) : new Date(text);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('It must be as 2025-03-03 or 2025-03-03T08:00.');
  return at.getTime();
}
