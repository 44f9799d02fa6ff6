import type { Collected, GivenValue } from './given-value.js';
import { showValue } from './given-value.js';
import { nearestName } from './nearest-name.js';
import { isMapping } from './read-config-file.js';
import type { Setting } from './setting.js';

type Source = Omit<GivenValue, 'raw' | 'isPath'>;

/** Walks a mapping as it stands in a file (or in JSON in the environment) and notes what it gives to which setting. */
export function collectGiven(
  mapping: Readonly<Record<string, unknown>>,
  prefix: string,
  source: Source,
  settings: ReadonlyMap<string, Setting<unknown>>,
  collected: Collected,
): void {
  for (const [name, raw] of Object.entries(mapping)) {
    // `{ url, token }` in YAML gives null: as good as not there.
    if (raw === null || raw === undefined) {
      if (isKnown(`${prefix}${name}`, settings)) continue;
    }
    collectOne(`${prefix}${name}`, raw, source, settings, collected);
  }
}

/** The setting a key names, and whether it names the file its secret is read from. */
export function findSetting(
  key: string,
  settings: ReadonlyMap<string, Setting<unknown>>,
): { readonly setting: Setting<unknown>; readonly isPath: boolean } | undefined {
  const setting = settings.get(key);
  if (setting !== undefined) return { setting, isPath: false };
  const holder = key.endsWith('File') ? settings.get(key.slice(0, -4)) : undefined;
  return holder?.isSecret === true ? { setting: holder, isPath: true } : undefined;
}

/** True for `poll`, which holds settings, and for '' itself. */
export function isSection(key: string, settings: ReadonlyMap<string, Setting<unknown>>): boolean {
  return [...settings.keys()].some((known) => known.startsWith(`${key}.`));
}

function isKnown(key: string, settings: ReadonlyMap<string, Setting<unknown>>): boolean {
  return findSetting(key, settings) !== undefined || isSection(key, settings);
}

function collectOne(
  key: string,
  raw: unknown,
  source: Source,
  settings: ReadonlyMap<string, Setting<unknown>>,
  collected: Collected,
): void {
  const found = findSetting(key, settings);
  const { given, faults } = collected;
  if (found !== undefined) {
    const taken = given.get(found.setting.key);
    if (taken?.origin === source.origin) {
      const allowed = `give ${found.setting.key} only once, as a value or as a file`;
      faults.push({ key, given: showValue(found.setting, raw), allowed, origin: source.origin });
    } else given.set(found.setting.key, { ...source, raw, isPath: found.isPath });
  } else if (isSection(key, settings)) {
    if (isMapping(raw)) collectGiven(raw, `${key}.`, source, settings, collected);
    else {
      const members = [...settings.keys()].filter((known) => known.startsWith(`${key}.`));
      const allowed = `a mapping with the keys ${members.map((member) => member.slice(key.length + 1)).join(', ')}`;
      const hidden = members.some((member) => settings.get(member)?.isSecret);
      faults.push({ key, given: showValue({ isSecret: hidden }, raw), allowed, origin: source.origin });
    }
  } else {
    const near = nearestKey(key, settings);
    // A secret under a misspelt name is still a secret.
    const isSecret =
      /secret|token|password|key/i.test(key) || (near !== undefined && settings.get(near)?.isSecret);
    const allowed = `there is no such key${near === undefined ? '' : `; did you mean ${near}?`}`;
    faults.push({
      key,
      given: showValue({ isSecret: isSecret === true }, raw),
      allowed,
      origin: source.origin,
    });
  }
}

function nearestKey(key: string, settings: ReadonlyMap<string, Setting<unknown>>): string | undefined {
  const known = [...settings.keys()];
  const section = key.slice(0, key.lastIndexOf('.') + 1);
  const siblings = section === '' ? [] : known.filter((name) => name.startsWith(section));
  return (
    nearestName(key, [...known, ...known.flatMap(sectionsOf)]) ??
    known.find((name) => lastPart(name).toLowerCase() === lastPart(key).toLowerCase()) ??
    nearestName(key, siblings, Infinity)
  );
}

function sectionsOf(key: string): readonly string[] {
  const parts = key.split('.');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
}

function lastPart(key: string): string {
  return key.slice(key.lastIndexOf('.') + 1);
}
