import type { Figure } from './bench.js';
import { median } from './rounds.js';

/** Ballast's median throughput as a share of the reference's, of one interleaved run. */
export function shareFigure(
  what: string,
  figures: Readonly<Record<string, number[]>>,
  reference: string,
  goal: number,
): Figure {
  const share = median(figures['ballast'] ?? []) / median(figures[reference] ?? []);
  return {
    what,
    figure: `${share.toFixed(2)} ×`,
    goal: `≥ ${goal} ×`,
    isMet: share >= goal,
    detail: Object.entries(figures)
      .map(([name, values]) => `${name} ${Math.round(median(values))}/s`)
      .join(', '),
  };
}
