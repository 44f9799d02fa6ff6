import { expect } from 'chai';
import fc from 'fast-check';
import { decide, freshState, type PolicyState } from '../../src/placement/decide.js';
import type { Candidate, PlacementOptions } from '../../src/placement/types.js';
import { candidate, placementOptions, placementRequest, seededRandom } from '../support/candidates.js';

const canary = candidate('new', { cpu: 0.01, memory: 0.05, tags: ['canary'] });
const old = candidate('old', { cpu: 0.3 });

/** Where `count` meetings go, one decision after the other. */
function placeMany(
  count: number,
  servers: (index: number) => readonly Candidate[],
  options: Partial<PlacementOptions>,
): string[] {
  const random = seededRandom(count);
  let state: PolicyState = freshState;
  return Array.from({ length: count }, (_, index) => {
    const decided = decide(placementRequest(), servers(index), placementOptions(options), random, state);
    state = decided.state;
    return decided.decision.ranking[0] ?? 'nowhere';
  });
}

function countOf(placed: readonly string[], id: string): number {
  return placed.filter((one) => one === id).length;
}

describe('the share of a tag', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });

  it('is never exceeded while others can take meetings, and is used to the full', () => {
    fc.assert(
      fc.property(share, fc.integer({ min: 1, max: 300 }), (part, count) => {
        const taken = countOf(
          placeMany(count, () => [old, canary], { shares: { canary: part } }),
          'new',
        );
        expect(taken).to.be.at.most(part * count + 1e-6);
        expect(taken).to.be.at.least(Math.floor(part * count - 1e-6));
      }),
    );
  });

  it('lets at most one more through in any number of meetings in a row', () => {
    const attractive = fc.array(fc.boolean(), { minLength: 10, maxLength: 120 });
    fc.assert(
      fc.property(share, attractive, (part, light) => {
        const placed = placeMany(
          light.length,
          (index) => [old, { ...canary, cpu: light[index] === true ? 0.01 : 0.6 }],
          { shares: { canary: part } },
        );
        for (let from = 0; from < placed.length; from += 1) {
          for (let to = from + 1; to <= placed.length; to += 1) {
            expect(countOf(placed.slice(from, to), 'new')).to.be.at.most(part * (to - from) + 1 + 1e-6);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('holds for every policy', () => {
    for (const policy of ['round-robin', 'fewest-meetings', 'power-of-two', 'cpu-mem'] as const) {
      const placed = placeMany(100, () => [old, canary], { policy, shares: { canary: 0.05 } });
      expect(countOf(placed, 'new')).to.be.within(1, 5);
    }
  });

  it('of 1 limits nothing, of 0 keeps the servers for when no other is left', () => {
    expect(
      countOf(
        placeMany(9, () => [old, canary], { shares: { canary: 1 } }),
        'new',
      ),
    ).to.equal(9);
    expect(
      countOf(
        placeMany(99, () => [old, canary], { shares: { canary: 0 } }),
        'new',
      ),
    ).to.equal(0);
    const full = { ...old, cpu: 0.7, limits: { cpu: 0.4 } };
    expect(
      countOf(
        placeMany(9, () => [full, canary], { shares: { canary: 0 } }),
        'new',
      ),
    ).to.equal(0);
    const offline: Candidate = { ...old, health: 'offline' };
    expect(
      countOf(
        placeMany(9, () => [offline, canary], { shares: { canary: 0 } }),
        'new',
      ),
    ).to.equal(9);
  });

  it('takes them before a refusal, but never above their ceilings then', () => {
    const full = { ...old, cpu: 0.7, limits: { cpu: 0.4 } };
    const options = { shares: { canary: 0 }, whenFull: 'refuse' } as const;
    expect(placeMany(1, () => [full, canary], options)).to.deep.equal(['new']);
    const both = { ...canary, cpu: 0.7, limits: { cpu: 0.4 } };
    expect(placeMany(1, () => [full, both], options)).to.deep.equal(['nowhere']);
  });

  it('asks a token of every tag with a share', () => {
    const two = { ...canary, tags: ['canary', 'beta'] };
    const taken = countOf(
      placeMany(200, () => [old, two], { shares: { canary: 0.5, beta: 0.1 } }),
      'new',
    );
    expect(taken).to.equal(20);
  });

  it('is not earned by trying the same meeting again', () => {
    let state: PolicyState = freshState;
    const options = placementOptions({ shares: { canary: 0.5 } });
    const retry = placementRequest({ excluded: new Set(['gone']) });
    for (let i = 0; i < 50; i += 1) {
      const { decision, state: next } = decide(retry, [old, canary], options, () => 0, state);
      expect(decision.ranking[0]).to.equal('old');
      state = next;
    }
  });

  it('leaves no debt where nobody else could take the meetings', () => {
    const offline: Candidate = { ...old, health: 'offline' };
    const placed = placeMany(60, (index) => (index < 50 ? [offline, canary] : [old, canary]), {
      shares: { canary: 0.5 },
    });
    expect(countOf(placed.slice(0, 50), 'new')).to.equal(50);
    expect(countOf(placed.slice(50), 'new')).to.be.within(4, 5);
  });

  it('is named where it kept a server from being taken', () => {
    const { decision } = decide(
      placementRequest(),
      [old, canary],
      placementOptions({ shares: { canary: 0.05 } }),
      () => 0,
    );
    expect(decision.candidates.map(({ id, verdict, rank }) => [id, verdict, rank])).to.deep.equal([
      ['old', 'chosen', 1],
      ['new', 'share-used', 2],
    ]);
  });
});
