/** A closed range. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * The β that least squares give for `matrix` × β = `right` (symmetric, positive definite, row by row), each within its bounds:
 * what falls outside is held at its bound, and the others are solved again beside it.
 */
export function boundedFit(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
  bounds: readonly Bounds[],
): readonly number[] {
  const held = new Map<number, number>();
  for (;;) {
    const free = right.map((_, index) => index).filter((index) => !held.has(index));
    const rows = free.map((i) => free.map((j) => matrix[i]?.[j] ?? 0));
    const rest = free.map((i) => {
      let value = right[i] ?? 0;
      for (const [j, at] of held) value -= (matrix[i]?.[j] ?? 0) * at;
      return value;
    });
    const solved = solve(rows, rest);
    let isWithin = true;
    for (const [place, index] of free.entries()) {
      const { least, most } = bounds[index] ?? { least: -Infinity, most: Infinity };
      const value = solved[place] ?? 0;
      if (value >= least && value <= most) continue;
      held.set(index, Math.min(most, Math.max(least, value)));
      isWithin = false;
    }
    if (!isWithin) continue;
    const places = new Map(free.map((index, place) => [index, place]));
    return right.map((_, index) => held.get(index) ?? solved[places.get(index) ?? 0] ?? 0);
  }
}

/** Gauss without a choice of pivots: a positive definite matrix needs none. */
function solve(matrix: number[][], right: number[]): readonly number[] {
  const size = right.length;
  const rows = matrix.map((row, i) => [...row, right[i] ?? 0]);
  for (const [i, pivotRow] of rows.entries()) {
    const pivot = pivotRow[i] ?? 1;
    for (const row of rows.slice(i + 1)) {
      const factor = (row[i] ?? 0) / pivot;
      for (let k = i; k <= size; k += 1) row[k] = (row[k] ?? 0) - factor * (pivotRow[k] ?? 0);
    }
  }
  const solution = right.map(() => 0);
  for (let i = size - 1; i >= 0; i -= 1) {
    const row = rows[i] ?? [];
    let value = row[size] ?? 0;
    for (let k = i + 1; k < size; k += 1) value -= (row[k] ?? 0) * (solution[k] ?? 0);
    solution[i] = value / (row[i] ?? 1);
  }
  return solution;
}
