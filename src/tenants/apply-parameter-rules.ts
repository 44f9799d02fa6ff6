import type { RawQuery } from '../bbb/raw-query.js';
import type { ParameterRules } from './tenant.js';

/** Gives a call's query the tenant's parameters: drop, then force, default and max (see ParameterRules). */
export function applyParameterRules(query: RawQuery, rules: ParameterRules | undefined): RawQuery {
  if (rules === undefined) return query;
  let result = rules.drop.length > 0 ? query.without(...rules.drop) : query;
  for (const [name, value] of Object.entries(rules.force)) result = result.with(name, value);
  for (const [name, value] of Object.entries(rules.default)) {
    if (!result.has(name)) result = result.append(name, value);
  }
  for (const [name, bound] of Object.entries(rules.max)) {
    const given = result.get(name);
    if (!isWithin(given, bound) || result.getAll(name).length > 1) {
      result = result.with(name, String(isWithin(given, bound) ? given : bound));
    }
  }
  return result;
}

function isWithin(value: string | undefined, bound: number): boolean {
  if (value === undefined || !/^\d{1,9}$/.test(value)) return false;
  const number = Number(value);
  return number > 0 && number <= bound;
}
