/**
 * Measures each subject once a round, in turn, so that what disturbs the machine disturbs all alike. The first
 * `warmUps` rounds let the code be compiled and are not counted.
 */
export async function interleave<Name extends string>(
  { rounds, warmUps }: { readonly rounds: number; readonly warmUps: number },
  subjects: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(subjects) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < warmUps + rounds; round += 1) {
    // The order turns round by round: whoever comes second finds warmer caches and a busier collector.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const figure = await subjects[name]();
      if (round >= warmUps) figures[name].push(figure);
    }
  }
  return figures;
}

/** The middle value; of an even number, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return (low + high) / 2;
}

/** The value below which the share `q` (0 to 1) lies. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}
