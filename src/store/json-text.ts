import { z } from 'zod';
import type { JsonText } from './schema.js';
import { StoreError } from './store-error.js';

/** JSON for a text column. An `undefined` property becomes null, so that `optionalNumber` and its like restore it. */
export function encodeJson(value: unknown): JsonText {
  return JSON.stringify(value, (_key, inner: unknown) => (inner === undefined ? null : inner));
}

/** Reads what `encodeJson` wrote. `row` ("server bbb1") is for the StoreError thrown when it does not fit. */
export function decodeJson<T>(schema: z.ZodType<T>, text: JsonText, row: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new StoreError('damaged', `the stored ${row} cannot be read; replace or delete it.`, {
      cause: error,
    });
  }
}

/** A number that may be `undefined`; the key is always there. */
export const optionalNumber = z
  .number()
  .nullable()
  .transform((value) => value ?? undefined);

/** Optional numbers by name, as in limits; absent ones and nulls are left out. */
export function numbersByName<K extends string>(names: readonly K[]): z.ZodType<Partial<Record<K, number>>> {
  return z.record(z.string(), z.number().nullable()).transform((stored) => {
    const known: Partial<Record<K, number>> = {};
    for (const name of names) {
      const value = stored[name];
      if (value !== undefined && value !== null) known[name] = value;
    }
    return known;
  });
}

/** A list of strings. */
export const strings = z.array(z.string());
