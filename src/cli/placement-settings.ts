import type { ConfigFault } from '../config/config-error.js';
import type { Config } from '../config/config.js';
import { nearestName } from '../config/nearest-name.js';
import { readSetting } from '../config/read-setting.js';
import { type AnyNode, isGroup, isSetting, listSettings } from '../config/setting.js';
import { settings } from '../config/settings.js';
import { CliError } from './cli-error.js';

const tree: AnyNode = settings.placement;

/**
 * The placement settings of `base` (default: the defaults of the configuration) with `KEY=VALUE` texts put over them, as
 * "placement.tolerance=0.02". Throws CliError for a key that there is not and for a value that is not allowed.
 */
export function placementSettings(
  assignments: readonly string[],
  base?: Config['placement'],
): Config['placement'] {
  const given = new Map(assignments.map(keyAndValue));
  const faults: ConfigFault[] = [];
  // The shape of the table is the shape of the values.
  const filled = fill(tree, base, given, faults) as Config['placement'];
  const [fault] = faults;
  if (fault !== undefined) {
    throw new CliError(`--set ${fault.key}: given ${fault.given ?? 'nothing'}; ${fault.allowed}`, {
      exitCode: 2,
    });
  }
  return filled;
}

function keyAndValue(assignment: string): readonly [string, string] {
  const at = assignment.indexOf('=');
  if (at < 0) throw new CliError(`--set takes KEY=VALUE, not "${assignment}".`, { exitCode: 2 });
  const key = assignment.slice(0, at).trim();
  const keys = listSettings(tree).map((setting) => setting.key);
  if (keys.includes(key)) return [key, assignment.slice(at + 1).trim()];
  const nearest = nearestName(key, keys);
  const hint = nearest === undefined ? `there are ${keys.join(', ')}` : `did you mean ${nearest}?`;
  throw new CliError(`--set: "${key}" is no setting of placement; ${hint}`, { exitCode: 2 });
}

function fill(
  node: AnyNode,
  base: unknown,
  given: ReadonlyMap<string, string>,
  faults: ConfigFault[],
): unknown {
  if (isSetting(node)) {
    const raw = given.get(node.key);
    if (raw === undefined && base !== undefined) return base;
    const value =
      raw === undefined ? undefined : { raw, origin: '--set', isPath: false, directory: '', expands: false };
    return readSetting(node, value, {}, faults);
  }
  const members = isGroup(node) ? (node.members as unknown as Readonly<Record<string, AnyNode>>) : node;
  return Object.fromEntries(
    Object.entries(members).map(([name, member]) => {
      const inner: unknown = typeof base === 'object' && base !== null ? Reflect.get(base, name) : undefined;
      return [name, fill(member, inner, given, faults)];
    }),
  );
}
