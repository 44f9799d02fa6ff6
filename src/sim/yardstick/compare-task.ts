import type { DayKind } from './day.js';
import type { DayResult } from './day-result.js';
import { DAY_KINDS } from './days/registry.js';
import { prepareDay } from './prepare-day.js';
import type { RuleKind } from './rule.js';
import { RULE_KINDS } from './rules/registry.js';
import { runDay } from './run-day.js';

/** One day under some rules, by names, as it is sent to a worker. */
export interface CompareTask {
  readonly day: string;
  readonly seed: number;
  readonly rules: readonly string[];
  /** Without it each result's `cpu` is empty: it is most of a result's size. */
  readonly keepCpu: boolean;
}

/** Makes the day once and runs the rules on it, in their order. Throws for a name that there is not. */
export function runTask({ day: dayName, seed, rules, keepCpu }: CompareTask): readonly DayResult[] {
  const day = dayKindOf(dayName).make(seed);
  const prepared = prepareDay(day);
  return rules.map((name) => {
    const result = runDay(day, ruleKindOf(name), { prepared });
    return keepCpu ? result : { ...result, cpu: new Map<string, readonly number[]>() };
  });
}

/** Throws for a name that there is not. */
export function dayKindOf(name: string): DayKind {
  return named(DAY_KINDS, name, 'day');
}

/** Throws for a name that there is not. */
export function ruleKindOf(name: string): RuleKind {
  return named(RULE_KINDS, name, 'rule');
}

function named<K extends { readonly name: string }>(kinds: readonly K[], name: string, what: string): K {
  const kind = kinds.find((one) => one.name === name);
  if (kind) return kind;
  throw new Error(`no ${what} is called ${name}; there are ${kinds.map((one) => one.name).join(', ')}`);
}
