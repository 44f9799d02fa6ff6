import { setImmediate } from 'node:timers/promises';
import type { PolicyName } from '../../placement/types.js';
import { compare } from './compare.js';
import { dayKindOf, ruleKindOf } from './compare-task.js';
import type { Day } from './day.js';
import type { DayResult } from './day-result.js';
import { DAY_KINDS } from './days/registry.js';
import { prepareDay } from './prepare-day.js';
import { parseRecordedDay, type RecordedDay } from './recorded-day.js';
import { replayOf } from './replay.js';
import { drawCpuChart } from './report/cpu-chart.js';
import type { RuleKind } from './rule.js';
import { ownRule, type OwnRuleSettings } from './rules/own.js';
import { RULE_KINDS } from './rules/registry.js';
import { runDay } from './run-day.js';
import { type RuleSummary, summarize } from './summarize.js';

/** One of our policies with settings other than the defaults, by a name of its own. */
export interface OwnRuleRun {
  readonly name: string;
  readonly policy: PolicyName;
  readonly settings: OwnRuleSettings;
}

interface Run {
  /** Names of the registry. */
  readonly rules: readonly string[];
  readonly own: readonly OwnRuleRun[];
  /** 1 up to this. */
  readonly seeds: number;
  readonly wantsCharts: boolean;
  readonly onProgress?: (done: number, of: number) => void;
  readonly signal?: AbortSignal;
}

/** Days that are made up. */
export interface SimulateRun extends Run {
  readonly days: readonly string[];
}

/** A day that was recorded. */
export interface ReplayRun extends Run {
  readonly recorded: RecordedDay;
}

/** What the rules made of the days. */
export interface SimulationOutcome {
  readonly summaries: readonly RuleSummary[];
  /** Of a replay: what had to be assumed, one sentence each. */
  readonly assumptions: readonly string[];
  /** One SVG a day, of the first seed, where charts were wanted. */
  readonly charts: readonly { readonly day: string; readonly svg: string }[];
}

/** The simulator as the command line sees it. */
export interface Simulator {
  readonly days: readonly { readonly name: string; readonly about: string }[];
  readonly rules: readonly { readonly name: string; readonly family: RuleKind['family'] }[];
  /** Throws for unknown names, and when aborted. */
  simulate(run: SimulateRun): Promise<SimulationOutcome>;
  /** Throws for unknown names, and when aborted. */
  replay(run: ReplayRun): Promise<SimulationOutcome>;
  /** Reads a recorded day from JSON. Throws an Error that names what does not fit. */
  parseRecordedDay(text: string): RecordedDay;
}

/** The simulator. */
export const simulator: Simulator = {
  days: DAY_KINDS.map(({ name, about }) => ({ name, about })),
  rules: RULE_KINDS.map(({ name, family }) => ({ name, family })),
  simulate,
  replay,
  parseRecordedDay,
};

async function simulate({ days, rules, own, seeds, wantsCharts, onProgress, signal }: SimulateRun) {
  const extra = own.map(ownKind);
  const all = numbersTo(seeds);
  const total = days.length * seeds * (extra.length > 0 && rules.length > 0 ? 2 : 1);
  let before = 0;
  const run = (numbers: readonly number[], keepCpu: boolean): Promise<readonly DayResult[]> =>
    rules.length === 0
      ? Promise.resolve([])
      : compare({
          ...{ days, rules, seeds: numbers, keepCpu },
          onProgress: (done) => onProgress?.(before + done, total),
          ...(signal && { signal }),
        });
  // Only the first seed is drawn; the CPU of all the others would be most of the memory.
  const charted = wantsCharts ? await run([1], true) : [];
  if (wantsCharts && rules.length > 0) before += days.length;
  const others = await run(wantsCharts ? all.slice(1) : all, false);
  if (rules.length > 0) before = days.length * seeds;
  const ours: DayResult[] = [];
  for (const day of extra.length > 0 ? days : []) {
    for (const seed of all) {
      ours.push(...(await runHere(dayKindOf(day).make(seed), extra, wantsCharts && seed === 1, signal)));
      onProgress?.((before += 1), total);
    }
  }
  const results = [...ours, ...charted, ...others];
  const inOrder = days.flatMap((day) => results.filter((result) => result.day === day));
  const charts = wantsCharts ? days.map((day) => dayKindOf(day).make(1)) : [];
  return outcomeOf(inOrder, extra, [], charts);
}

async function replay({ recorded, rules, own, seeds, wantsCharts, onProgress, signal }: ReplayRun) {
  const extra = own.map(ownKind);
  const results: DayResult[] = [];
  const replays = numbersTo(seeds).map((seed) => replayOf(recorded, seed));
  const [first] = replays;
  if (first === undefined) throw new Error('a replay needs a seed');
  for (const { day, asItWas } of replays) {
    const kinds = [asItWas, ...extra, ...rules.map(ruleKindOf)];
    results.push(...(await runHere(day, kinds, wantsCharts && day === first.day, signal)));
    onProgress?.(day.seed, seeds);
  }
  return outcomeOf(results, [first.asItWas, ...extra], first.assumptions, wantsCharts ? [first.day] : []);
}

function ownKind({ name, policy, settings }: OwnRuleRun): RuleKind {
  return ownRule(policy, settings, name);
}

/** In this thread: rules with settings cannot be sent to another by name. Signals are heard between two runs. */
async function runHere(
  day: Day,
  kinds: readonly RuleKind[],
  keepCpu: boolean,
  signal: AbortSignal | undefined,
): Promise<readonly DayResult[]> {
  const prepared = prepareDay(day);
  const results: DayResult[] = [];
  for (const kind of kinds) {
    await setImmediate();
    signal?.throwIfAborted();
    const result = runDay(day, kind, { prepared });
    results.push(keepCpu ? result : { ...result, cpu: new Map() });
  }
  return results;
}

async function outcomeOf(
  results: readonly DayResult[],
  extra: readonly RuleKind[],
  assumptions: readonly string[],
  charted: readonly Day[],
): Promise<SimulationOutcome> {
  const charts: { day: string; svg: string }[] = [];
  for (const { name, seed, from } of charted) {
    const ofDay = results.filter((result) => result.day === name && result.seed === seed);
    const title = `${name}, seed ${seed}: CPU of each server`;
    charts.push({ day: name, svg: await drawCpuChart(ofDay, { title, from }) });
  }
  return { summaries: summarize(results, extra), assumptions, charts };
}

function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
