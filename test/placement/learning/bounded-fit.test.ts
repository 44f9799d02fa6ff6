import { expect } from 'chai';
import fc from 'fast-check';
import { boundedFit } from '../../../src/placement/learning/bounded-fit.js';

const FREE = { least: -Infinity, most: Infinity };

/** Σ x·xᵀ and Σ x·y of points that lie on a line with these factors. */
function sums(points: readonly (readonly number[])[], factors: readonly number[]) {
  const matrix = factors.map((_, i) => factors.map((__, j) => total(points.map((x) => at(x, i) * at(x, j)))));
  const ys = points.map((x) => total(factors.map((factor, i) => factor * at(x, i))));
  const right = factors.map((_, i) => total(points.map((x, k) => at(x, i) * at(ys, k))));
  return { matrix, right };
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

const POINTS = [
  [1, 2, 0],
  [1, 5, 3],
  [1, 7, 1],
  [1, 1, 9],
];

describe('boundedFit', () => {
  it('finds the factors behind points that lie on a line', () => {
    const { matrix, right } = sums(POINTS, [0.5, 2, -3]);
    const fit = boundedFit(matrix, right, [FREE, FREE, FREE]);
    for (const [i, factor] of [0.5, 2, -3].entries()) expect(fit[i]).to.be.closeTo(factor, 1e-9);
  });

  it('holds what falls outside at its bound and fits the others beside it', () => {
    const { matrix, right } = sums(POINTS, [0.5, 2, -3]);
    const fit = boundedFit(matrix, right, [FREE, FREE, { least: 0, most: 1 }]);
    const beside = boundedFit(
      matrix.slice(0, 2).map((row) => row.slice(0, 2)),
      right.slice(0, 2),
      [FREE, FREE],
    );
    expect(fit[2]).to.equal(0);
    expect(fit.slice(0, 2)).to.deep.equal(beside);
  });

  it('is always within its bounds', () => {
    const point = fc.tuple(fc.constant(1), fc.nat(100), fc.nat(100));
    const factor = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 9 }), fc.tuple(factor, factor, factor), (points, factors) => {
        const { matrix, right } = sums(points, factors);
        const ridged = matrix.map((row, i) => row.map((value, j) => value + (i === j ? 0.1 : 0)));
        const bounds = { least: 0, most: 1 };
        for (const value of boundedFit(ridged, right, [bounds, bounds, bounds])) {
          expect(value).to.be.within(0, 1);
        }
      }),
    );
  });
});
