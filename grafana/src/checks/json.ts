/** Anything that JSON or YAML can say. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** An object of it. */
export type JsonObject = Readonly<Record<string, Json | undefined>>;

/** The object, or an empty one. */
export function objectOf(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The list, or an empty one. */
export function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** The text, or an empty one. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** The number, or NaN. */
export function numberOf(value: Json | undefined): number {
  return typeof value === 'number' ? value : Number.NaN;
}

/** Every value in it that stands under this key, however deep. */
export function findAll(value: Json | undefined, key: string): Json[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap((item) => findAll(item, key));
  return Object.entries(value as JsonObject).flatMap(([name, item]) => [
    ...(name === key && item !== undefined ? [item] : []),
    ...findAll(item, key),
  ]);
}
