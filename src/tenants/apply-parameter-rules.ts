import type { RawQuery } from '../bbb/raw-query.js';
import type { ParameterRules } from './tenant.js';

const META = 'meta_';

/**
 * Gives a call's query the tenant's parameters: drop, then force, default and max (see ParameterRules). The names of
 * metadata count in any case, since BBB lowers them: `meta_X` would else pass a rule for `meta_x`.
 */
export function applyParameterRules(query: RawQuery, rules: ParameterRules | undefined): RawQuery {
  if (rules === undefined) return query;
  let result = query;
  for (const name of rules.drop) result = result.without(...spellings(result, name));
  for (const [name, value] of Object.entries(rules.force)) {
    for (const spelling of spellings(result, name)) result = result.with(spelling, value);
  }
  for (const [name, value] of Object.entries(rules.default)) {
    if (!spellings(result, name).some((spelling) => result.has(spelling)))
      result = result.append(name, value);
  }
  for (const [name, bound] of Object.entries(rules.max)) {
    for (const spelling of spellings(result, name)) result = bounded(result, spelling, bound);
  }
  return result;
}

/** The names under which BBB would read this parameter from the query; the name itself where there are none. */
function spellings(query: RawQuery, name: string): readonly string[] {
  if (!name.startsWith(META)) return [name];
  const lower = name.toLowerCase();
  const found = query.names().filter((other) => other.startsWith(META) && other.toLowerCase() === lower);
  return found.length === 0 ? [name] : found;
}

function bounded(query: RawQuery, name: string, bound: number): RawQuery {
  const given = query.get(name);
  if (isWithin(given, bound) && query.getAll(name).length === 1) return query;
  return query.with(name, String(isWithin(given, bound) ? given : bound));
}

function isWithin(value: string | undefined, bound: number): boolean {
  if (value === undefined || !/^\d{1,9}$/.test(value)) return false;
  const number = Number(value);
  return number > 0 && number <= bound;
}
