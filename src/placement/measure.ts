/** A finite number of 0 or more and no larger than any real count; anything else is unknown. */
export function knownCount(value: number): number | undefined {
  return value >= 0 && value <= 1e7 ? value : undefined;
}

/** A ratio of 0 to 1; a rounding error above 1 counts as 1, anything else is unknown. */
export function knownRatio(value: number | undefined): number | undefined {
  if (value === undefined || !(value >= 0 && value <= 1.01)) return undefined;
  return Math.min(value, 1);
}

/** A finite number above 0 (a capacity, a multiplier); anything else is unknown. */
export function knownPositive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 && value < Number.POSITIVE_INFINITY ? value : undefined;
}

/** A ceiling of 0 or more; 0 lets nothing in. Anything else does not bind. */
export function knownLimit(value: number | undefined): number | undefined {
  return value !== undefined && value >= 0 && value < Number.POSITIVE_INFINITY ? value : undefined;
}
