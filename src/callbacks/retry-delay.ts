const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** Share by which a wait may be shorter or longer, so that what failed together does not come back together. */
const JITTER = 0.2;

/** How long to wait after the nth failed attempt (from 1): doubling from 5 s to 1 h, ±20 % by `random` (0 to 1), in ms. */
export function retryDelay(failures: number, random: number): number {
  const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.round(wait * (1 + JITTER * (random * 2 - 1)));
}
