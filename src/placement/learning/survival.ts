/** A session that is off the habit of its room lasts, as all sessions do, about an hour. */
const OFF_HABIT = 0.12;
/** Sessions of a room end within about this part of their length of each other. */
const SPREAD = 0.07;

/**
 * Chance that a session lasts longer than `ageMs`, given equally likely past lengths: a logistic step at each of them,
 * mixed with an exponential one for the sessions that are unlike the others. `timescaleMs` is the mean of that.
 */
export function survival(ageMs: number, durationsMs: readonly number[], timescaleMs: number): number {
  const unlike = Math.exp(-Math.max(0, ageMs) / timescaleMs);
  if (durationsMs.length === 0) return unlike;
  let sum = 0;
  for (const duration of durationsMs) {
    const width = Math.max(SPREAD * duration, timescaleMs / 60);
    sum += 1 / (1 + Math.exp((ageMs - duration) / width));
  }
  return (1 - OFF_HABIT) * (sum / durationsMs.length) + OFF_HABIT * unlike;
}

/** Below this the chance that a session lasted so long is too small a number to divide by. */
const NEGLIGIBLE = Number.EPSILON ** 4;

/** Chances, 0 to 1, that a session which has lasted `ageMs` still runs at several times ahead. */
export function stillRuns(
  ageMs: number,
  aheadsMs: readonly number[],
  durationsMs: readonly number[],
  timescaleMs: number,
): readonly number[] {
  const now = survival(ageMs, durationsMs, timescaleMs);
  // After a month of hours there is nothing to divide by; what is left of the chance fades as ever.
  if (now < NEGLIGIBLE) return aheadsMs.map((aheadMs) => Math.exp(-Math.max(0, aheadMs) / timescaleMs));
  return aheadsMs.map((aheadMs) => Math.min(1, survival(ageMs + aheadMs, durationsMs, timescaleMs) / now));
}
