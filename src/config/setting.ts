import type { z } from 'zod';

/** One setting: all that is known of it. `Value` is what the Config holds. */
export interface Setting<Value> {
  readonly type: 'setting';
  /** Key in the file, `poll.offlineAfter`; the environment variable follows from it. */
  readonly key: string;
  /** One line for the README and `.env.example`. */
  readonly doc: string;
  /** What is allowed, in words: "a whole number from 1 to 1000". */
  readonly allowed: string;
  readonly schema: z.ZodType<Value>;
  /** As it would be written in the file; `undefined`: none. */
  readonly fallback: string | number | boolean | readonly string[] | undefined;
  /** Without a value (and a fallback): a fault, with this sentence on what to do. */
  readonly required: string | undefined;
  /** How an environment variable is read: as it is, as a comma list, or as JSON. */
  readonly form: 'text' | 'list' | 'json';
  /** Prints as `***`, and may be read from a file by `…File`. */
  readonly isSecret: boolean;
}

/** Settings that exist together or not at all; present once one of them is given. */
export interface SettingGroup<Values> {
  readonly type: 'group';
  readonly members: SettingTree<Values>;
}

type Node<Value> =
  | Setting<Value>
  | (NonNullable<Value> extends string | number | boolean | readonly unknown[]
      ? never
      : undefined extends Value
        ? SettingGroup<NonNullable<Value>>
        : SettingTree<Value>);

/** A table of settings in the shape of the values it makes: the compiler holds one to the other. */
export type SettingTree<Values> = { readonly [Name in keyof Values]-?: Node<Values[Name]> };

/** The table seen without its types: a setting, a group, or a named branch. */
export type AnyNode = Setting<unknown> | SettingGroup<unknown> | { readonly [name: string]: AnyNode };

/** True for a leaf of the table. */
export function isSetting(node: AnyNode): node is Setting<unknown> {
  return node.type === 'setting';
}

/** True for settings that exist together or not at all. */
export function isGroup(node: AnyNode): node is SettingGroup<unknown> {
  return node.type === 'group';
}

/** All settings below a node, in the order of the table. */
export function listSettings(node: AnyNode): readonly Setting<unknown>[] {
  if (isSetting(node)) return [node];
  const children = isGroup(node) ? (node.members as unknown as AnyNode) : node;
  return Object.values(children as Readonly<Record<string, AnyNode>>).flatMap(listSettings);
}

/** `poll.offlineAfter` → `BALLAST_POLL_OFFLINE_AFTER`. */
export function envName(key: string): string {
  const snake = key.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('.', '_');
  return `BALLAST_${snake.toUpperCase()}`;
}
