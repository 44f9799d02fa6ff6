import { dirname, resolve } from 'node:path';
import { checkConfig } from './check-config.js';
import { collectEnvironment } from './collect-environment.js';
import { collectGiven } from './collect-given.js';
import { ConfigError, type ConfigFault } from './config-error.js';
import type { Config } from './config.js';
import type { Collected } from './given-value.js';
import { readConfigFile } from './read-config-file.js';
import { readSetting } from './read-setting.js';
import type { Environment } from './references.js';
import { isGroup, isSetting, listSettings, type AnyNode } from './setting.js';
import { settings } from './settings.js';

/** Where a configuration is read from. */
export interface ConfigSources {
  /** YAML or JSON; without it only the environment counts. */
  readonly file?: string | undefined;
  readonly env: Environment;
  /** Relative paths of `file` and of `BALLAST_…_FILE` start here. */
  readonly cwd: string;
}

/** Reads, checks and freezes the configuration; the environment wins over the file. Throws ConfigError with all faults at once. */
export function loadConfig(sources: ConfigSources): {
  readonly config: Config;
  readonly warnings: readonly string[];
} {
  const { env, cwd } = sources;
  const table = settings;
  const byKey = new Map(listSettings(table).map((setting) => [setting.key, setting]));
  const collected: Collected = { given: new Map(), faults: [], warnings: [] };
  if (sources.file !== undefined) {
    const path = resolve(cwd, sources.file);
    const source = { origin: `file ${path}`, directory: dirname(path), expands: true };
    collectGiven(readConfigFile(path), '', source, byKey, collected);
  }
  collectEnvironment(env, cwd, byKey, collected);

  const faults: ConfigFault[] = [...collected.faults];
  // The shape of the table is the shape of Config (SettingTree<Config>), and every value went through its schema.
  const config = deepFreeze(readNode(table, collected, env, faults)) as Config;
  const checked = checkConfig(config, (key) => collected.given.get(key)?.origin ?? 'default');
  faults.push(...checked.faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return { config, warnings: [...collected.warnings, ...checked.warnings] };
}

function readNode(node: AnyNode, collected: Collected, env: Environment, faults: ConfigFault[]): unknown {
  if (isSetting(node)) return readSetting(node, collected.given.get(node.key), env, faults);
  if (isGroup(node)) {
    const isGiven = listSettings(node).some((setting) => collected.given.has(setting.key));
    return isGiven ? readNode(node.members, collected, env, faults) : undefined;
  }
  return Object.fromEntries(
    Object.entries(node).map(([name, member]) => [name, readNode(member, collected, env, faults)]),
  );
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
