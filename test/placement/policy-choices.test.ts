import { expect } from 'chai';
import fc from 'fast-check';
import { decide, freshState, type PolicyState } from '../../src/placement/decide.js';
import type { Candidate, PlacementRequest } from '../../src/placement/types.js';
import {
  candidate,
  placementOptions,
  placementRequest,
  seededRandom,
  silent,
} from '../support/candidates.js';

const ratio = fc.double({ min: 0, max: 1, noNaN: true });

describe('policy cpu-mem', () => {
  it('takes the lowest sum of CPU and memory over five minutes, times the multiplier', () => {
    const measured = fc.record({
      longCpu: ratio,
      longMemory: ratio,
      loadMultiplier: fc.constantFrom(1, 2, 0.5),
    });
    fc.assert(
      fc.property(fc.array(measured, { minLength: 1, maxLength: 12 }), fc.nat(), (hosts, seed) => {
        const servers = hosts.map((host, i) => candidate(`s${i}`, { cpu: 0.1, memory: 0.1, ...host }));
        const options = placementOptions({ policy: 'cpu-mem' });
        const { ranking } = decide(placementRequest(), servers, options, seededRandom(seed)).decision;
        const scores = ranking.map((id) => {
          const { longCpu, longMemory, loadMultiplier } = hosts[Number(id.slice(1))]!;
          return (longCpu + longMemory) * loadMultiplier;
        });
        expect(scores).to.deep.equal([...scores].sort((a, b) => a - b));
      }),
    );
  });

  it('does not go by the last minutes of a host whose agent has died', () => {
    const dead = silent('dead', { longCpu: 0.01, longMemory: 0.01, sampleAgeMs: 600_000 });
    const servers = [dead, candidate('busy', { cpu: 0.6 })];
    const { decision } = decide(
      placementRequest(),
      servers,
      placementOptions({ policy: 'cpu-mem' }),
      () => 0,
    );
    expect(decision.ranking).to.deep.equal(['busy', 'dead']);
    expect(decision.candidates[1]).to.include({
      verdict: 'unknown-load',
      detail: 'its last sample is 10 minutes old, too old to count',
    });
  });
});

describe('policy power-of-two', () => {
  const options = placementOptions({ policy: 'power-of-two' });
  const servers = [0.1, 0.3, 0.5, 0.7].map((cpu, i) => candidate(`s${i}`, { cpu, memory: undefined }));
  const choose = (seed: number, from: readonly Candidate[] = servers) =>
    decide(placementRequest(), from, options, seededRandom(seed)).decision;

  it('takes the lighter of two different servers, every pair as often', () => {
    const taken = new Map<string, number>();
    for (let seed = 0; seed < 3_000; seed += 1) {
      const [first = ''] = choose(seed).ranking;
      taken.set(first, (taken.get(first) ?? 0) + 1);
    }
    // Of six pairs the lightest is in three, the next in two more, the third in one more.
    expect(taken.get('s0')).to.be.within(1_350, 1_650);
    expect(taken.get('s1')).to.be.within(850, 1_150);
    expect(taken.get('s2')).to.be.within(400, 600);
    expect(taken.has('s3')).to.equal(false);
  });

  it('has the other one of the pair next, and the rest in order of load', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { candidates } = choose(seed);
        const loads = candidates.map(({ load = Infinity }) => load);
        expect(loads[0]).to.be.below(loads[1] ?? 0);
        expect(loads[2]).to.be.below(loads[3] ?? 0);
        expect(candidates.map(({ verdict }) => verdict)).to.deep.equal([
          'chosen',
          'heavier',
          'not-drawn',
          'not-drawn',
        ]);
      }),
    );
  });

  it('takes the lighter where there are only two, and the one where there is one', () => {
    expect(choose(1, servers.slice(0, 2)).ranking).to.deep.equal(['s0', 's1']);
    expect(choose(1, servers.slice(1, 2)).ranking).to.deep.equal(['s1']);
  });
});

describe('policy round-robin', () => {
  const pool = ['a1', 'a2', 'a3', 'b1', 'b2'].map((id) => candidate(id, { tags: [id.charAt(0)] }));

  function takeTurns(requests: readonly Partial<PlacementRequest>[], servers = pool): string[] {
    let state: PolicyState = freshState;
    return requests.map((request) => {
      const options = placementOptions({ policy: 'round-robin' });
      const decided = decide(placementRequest(request), servers, options, () => 0, state);
      state = decided.state;
      return decided.decision.ranking[0] ?? '';
    });
  }

  it('goes round for each tenant in its own part of the pool', () => {
    const a = { requiredTags: ['a'] };
    const b = { requiredTags: ['b'] };
    expect(takeTurns([a, b, a, b, a, b, a, b])).to.deep.equal([
      'a1',
      'b1',
      'a2',
      'b2',
      'a3',
      'b1',
      'a1',
      'b2',
    ]);
  });

  it('gives each server as many turns, give or take one, whatever other policies choose in between', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 5, maxLength: 60 }), (turns) => {
        const placed = takeTurns(turns.map((isTurn) => (isTurn ? {} : { policy: 'predicted' })));
        const given = placed.filter((_, i) => turns[i]);
        const counts = pool.map(({ id }) => given.filter((one) => one === id).length);
        expect(Math.max(...counts) - Math.min(...counts)).to.be.at.most(1);
      }),
    );
  });

  it('forgets servers that have left the pool', () => {
    const options = placementOptions({ policy: 'round-robin' });
    const turns = new Map([
      ['gone', 7],
      ['a1', 6],
    ]);
    const { state } = decide(placementRequest(), pool, options, () => 0, { ...freshState, turns });
    expect([...state.turns.keys()].sort()).to.deep.equal(['a1', 'a2']);
  });
});
