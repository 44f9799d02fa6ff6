/** Units a write may give its times in, as InfluxDB names them. */
export const PRECISIONS = ['ns', 'us', 'ms', 's'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Digits of a time that lie behind the milliseconds. */
const DIGITS_BELOW_MS: Readonly<Record<Exclude<Precision, 's'>, number>> = { ns: 6, us: 3, ms: 0 };
const WHOLE = /^(-?)(\d{1,19})$/;

/**
 * Whole ms since 1970 of a time in line protocol, cut off below as InfluxDB does in its own answers; `undefined` when it is
 * no whole number of 64 bits. Reads the digits: nanoseconds of today are beyond what a double tells apart.
 */
export function timestampMs(text: string, precision: Precision): number | undefined {
  const [, sign, digits] = WHOLE.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const ms =
    precision === 's'
      ? Number(digits) * 1000
      : Number(digits.slice(0, Math.max(0, digits.length - DIGITS_BELOW_MS[precision])));
  return sign === '-' && ms !== 0 ? -ms : ms;
}
