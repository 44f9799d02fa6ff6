import { collectGiven, isSection } from './collect-given.js';
import type { Collected } from './given-value.js';
import { nearestName } from './nearest-name.js';
import { isMapping } from './read-config-file.js';
import { envName, type Setting } from './setting.js';

/** Read by the command line, not by the server. */
const OTHER_NAMES = new Set(['BALLAST_URL', 'BALLAST_TOKEN']);

/** Notes what `BALLAST_…` variables give to which setting; they replace what a file gave. */
export function collectEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
  settings: ReadonlyMap<string, Setting<unknown>>,
  collected: Collected,
): void {
  const targets = environmentTargets(settings);
  for (const [name, text] of Object.entries(env)) {
    // An empty variable counts as not given: that is what `VAR=${VAR:-}` in a compose file leaves.
    if (!name.startsWith('BALLAST_') || OTHER_NAMES.has(name) || text === undefined || text === '') continue;
    const target = targets.get(name);
    const source = { origin: `environment ${name}`, directory, expands: false };
    if (target === undefined) noteUnknown(name, targets, collected);
    else if (target.setting === undefined) {
      const mapping = parseJson(text);
      if (isMapping(mapping)) collectGiven(mapping, `${target.key}.`, source, settings, collected);
      else {
        const allowed = `a JSON object with the keys below ${target.key}`;
        collected.faults.push({ key: target.key, given: '***', allowed, origin: source.origin });
      }
    } else {
      const raw = target.isPath ? text : readByForm(target.setting, text);
      const taken = collected.given.get(target.key);
      if (taken?.origin.startsWith('environment ') === true) {
        const allowed = `give ${target.key} only once (also given by ${taken.origin})`;
        collected.faults.push({ key: target.key, given: '***', allowed, origin: source.origin });
      } else collected.given.set(target.key, { ...source, raw, isPath: target.isPath });
    }
  }
}

interface Target {
  readonly key: string;
  /** `undefined` for a section, given as JSON. */
  readonly setting: Setting<unknown> | undefined;
  readonly isPath: boolean;
}

function environmentTargets(settings: ReadonlyMap<string, Setting<unknown>>): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const [key, setting] of settings) {
    for (let end = key.lastIndexOf('.'); end > 0; end = key.lastIndexOf('.', end - 1)) {
      const section = key.slice(0, end);
      if (isSection(section, settings)) {
        targets.set(envName(section), { key: section, setting: undefined, isPath: false });
      }
    }
    if (setting.isSecret) targets.set(envName(`${key}File`), { key, setting, isPath: true });
    targets.set(envName(key), { key, setting, isPath: false });
  }
  return targets;
}

function noteUnknown(name: string, targets: ReadonlyMap<string, Target>, collected: Collected): void {
  const near = nearestName(name, targets.keys(), 2);
  const origin = `environment ${name}`;
  // Orchestrators set variables named after a service (BALLAST_SERVICE_HOST, BALLAST_PORT_8080_TCP):
  // only what is certainly a slip of the pen is a fault.
  if (near === undefined)
    collected.warnings.push(`${name} in the environment names no setting and is ignored`);
  else {
    const allowed = `there is no such variable; did you mean ${near}?`;
    collected.faults.push({ key: name, given: '***', allowed, origin });
  }
}

function readByForm(setting: Setting<unknown>, text: string): unknown {
  const json = setting.form !== 'text' && /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
  if (json !== undefined) return json;
  if (setting.form !== 'list') return text;
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
