import type { Figure } from './bench.js';
import { median } from './rounds.js';

/** Ballast's median throughput as a share of the reference's, of one interleaved run. */
export function shareFigure<Reference extends string>(
  what: string,
  figures: Readonly<Record<Reference | 'ballast', number[]>>,
  reference: Reference,
  goal: number,
): Figure {
  const share = median(figures.ballast) / median(figures[reference]);
  return {
    what,
    figure: `${share.toFixed(2)} ×`,
    goal: `≥ ${goal} ×`,
    isMet: share >= goal,
    detail: Object.entries<number[]>(figures)
      .map(([name, values]) => `${name} ${Math.round(median(values))}/s`)
      .join(', '),
  };
}
