import type { z } from 'zod';
import { nearestName } from '../config/nearest-name.js';

const MAX_FAULTS = 100;

/** Keys one may look for here that are settings of the balancer. */
const ELSEWHERE: ReadonlyMap<string, string> = new Map(
  ['share', 'shares'].map((key) => [
    key,
    'what part of the meetings a tag gets is the setting placement.shares',
  ]),
);

/** A cluster document or body that cannot be applied: every fault at once, one sentence each, never a secret. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }

  /** The faults, cut where nobody would read on. */
  get shown(): readonly string[] {
    const rest = this.faults.length - MAX_FAULTS;
    return rest > 0 ? [...this.faults.slice(0, MAX_FAULTS), `and ${rest} more`] : this.faults;
  }
}

type Issue = z.core.$ZodIssue;

/** Turns what zod found into sentences `key: what is wrong, given "…"`; `known` are the keys allowed at each path. */
export function describeIssues(
  issues: readonly Issue[],
  input: unknown,
  known: (path: readonly PropertyKey[]) => readonly string[],
): string[] {
  return issues.flatMap((issue) => describe(issue, input, known));
}

function describe(
  issue: Issue,
  input: unknown,
  known: (path: readonly PropertyKey[]) => readonly string[],
): string[] {
  const at = (path: readonly PropertyKey[]): string => (path.length === 0 ? '' : `${joinPath(path)}: `);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const elsewhere = ELSEWHERE.get(key);
        const nearest = nearestName(key, known(issue.path));
        const guess = nearest === undefined ? '' : `, did you mean ${nearest}?`;
        const hint = elsewhere === undefined ? guess : `, ${elsewhere}`;
        return `${at([...issue.path, key])}unknown key${hint}`;
      });
    case 'invalid_key': {
      const reasons = issue.issues.map((inner) => inner.message).join(', ');
      const name = String(issue.path.at(-1));
      const nearest = nearestName(name, known(issue.path.slice(0, -1)));
      return [
        `${at(issue.path)}${nearest === undefined ? reasons : `unknown key, did you mean ${nearest}?`}`,
      ];
    }
    case 'invalid_type': {
      const value = valueAt(input, issue.path);
      if (value === undefined) return [`${at(issue.path)}is missing`];
      const quotes = issue.expected === 'string' && isScalar(value) ? ' (put it in quotes)' : '';
      return [`${at(issue.path)}must be ${article(issue.expected)}${quotes}${given(input, issue.path)}`];
    }
    case 'invalid_value':
      return [
        `${at(issue.path)}must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}${given(input, issue.path)}`,
      ];
    case 'invalid_union':
      return [`${at(issue.path)}must be a text, number or boolean`];
    default:
      return [`${at(issue.path)}${issue.message}${given(input, issue.path)}`];
  }
}

/** The offending value, where it is short and cannot be a secret. */
function given(input: unknown, path: readonly PropertyKey[]): string {
  if (path.some((part) => /secret|token|password|pw$/i.test(String(part)))) return '';
  const value = valueAt(input, path);
  if (!isScalar(value)) return '';
  // A URL may carry a password.
  const text = String(value).replace(/\/\/[^/]*@/, '//***@');
  return `, given ${typeof value === 'string' ? JSON.stringify(text.slice(0, 80)) : text}`;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

function joinPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${String(part)}`))
    .join('');
}

function article(type: string): string {
  const names: Record<string, string> = {
    string: 'a text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a mapping',
    record: 'a mapping',
  };
  return names[type] ?? type;
}
