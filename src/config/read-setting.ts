import { parse } from 'yaml';
import type { ConfigFault } from './config-error.js';
import { showValue, type GivenValue } from './given-value.js';
import { BrokenReferenceError, readSecret, readSecretLines, readSecretText } from './references.js';
import { resolveReferences, type Environment } from './references.js';
import type { Setting } from './setting.js';

/**
 * The value of a setting, from what was given or its fallback. Faults are added to the list, and a stand-in is returned
 * so that the checks across settings can still be made.
 */
export function readSetting(
  setting: Setting<unknown>,
  given: GivenValue | undefined,
  env: Environment,
  faults: ConfigFault[],
): unknown {
  if (given === undefined && setting.fallback === undefined) {
    if (setting.required !== undefined) {
      faults.push({ key: setting.key, given: undefined, allowed: setting.required, origin: 'default' });
      return standIn(setting);
    }
    return undefined;
  }
  const origin = given?.origin ?? 'default';
  const shown = showValue(setting, given?.raw);
  let value: unknown;
  try {
    value = given === undefined ? setting.fallback : resolveGiven(setting, given, env);
  } catch (error) {
    if (!(error instanceof BrokenReferenceError)) throw error;
    faults.push({ key: setting.key, given: shown, allowed: error.message, origin });
    return standIn(setting);
  }
  const parsed = setting.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const key = `${setting.key}${issue.path.map(showPathPart).join('')}`;
    // Inside a structure the issue's own words are the narrower ones; elsewhere zod's say less than the table's.
    const allowed = setting.form === 'json' && issue.path.length > 0 ? issue.message : setting.allowed;
    const isText =
      issue.code === 'invalid_type' &&
      issue.expected === 'string' &&
      typeof at(value, issue.path) === 'number';
    const hint = isText ? ' (in quotes, so that it is read as text)' : '';
    faults.push({ key, given: shown, allowed: `allowed: ${allowed}${hint}`, origin });
  }
  return standIn(setting);
}

function standIn(setting: Setting<unknown>): unknown {
  if (setting.fallback !== undefined) return setting.schema.parse(setting.fallback);
  return setting.form === 'text' ? undefined : [];
}

function resolveGiven(setting: Setting<unknown>, given: GivenValue, env: Environment): unknown {
  const { raw, directory, expands } = given;
  const context = { env: expands ? env : undefined, directory };
  const resolved = resolveReferences(raw, context);
  if (!given.isPath) return resolved;
  if (setting.form === 'list' && Array.isArray(resolved)) {
    return resolved.flatMap((path) => readSecretLines(String(path), directory));
  }
  if (typeof resolved !== 'string') throw new BrokenReferenceError('the path of a file is needed');
  if (setting.form === 'list') return readSecretLines(resolved, directory);
  if (setting.form === 'text') return readSecret(resolved, directory);
  return resolveReferences(parse(readSecretText(resolved, directory)), context);
}

/** The member of a value that an issue is about; of a text taken as a list of one, the text itself. */
function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (inner, part) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, part) : inner),
    value,
  );
}

function showPathPart(part: PropertyKey): string {
  return typeof part === 'number' ? `[${part}]` : `.${String(part)}`;
}
