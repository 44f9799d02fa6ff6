import { expect } from 'chai';
import { decide } from '../../src/placement/decide.js';
import type { Candidate, PlacementOptions, PlacementRequest } from '../../src/placement/types.js';
import { candidate, placementOptions, placementRequest, silent } from '../support/candidates.js';

function explain(
  candidates: readonly Candidate[],
  request: Partial<PlacementRequest> = {},
  options: Partial<PlacementOptions> = {},
): string {
  return decide(placementRequest(request), candidates, placementOptions(options), () => 0).decision
    .explanation;
}

describe('the explanation of a decision', () => {
  const young = { countedAttendees: 5 };

  it('says what was measured, what is expected and who was passed over for its old sample', () => {
    const sentence = explain([
      candidate('bbb3', { cpu: 0.41, attendees: 30, running: [young, young] }),
      candidate('bbb2', { cpu: 0.7 }),
      silent('bbb1', { attendees: 2, sampleAgeMs: 240_000 }),
    ]);
    expect(sentence).to.equal(
      'bbb3: 41 % CPU now, 59 % expected with 2 young meetings and this one, the lowest of 3; ' +
        'bbb1 has fewer people but its last sample is 4 minutes old',
    );
  });

  it('names the resource that decides where it is not the CPU', () => {
    expect(explain([candidate('a', { memory: 0.8 }), candidate('b', { cpu: 0.8, memory: 0.95 })])).to.equal(
      'a: 20 % CPU now, 28 % expected with this meeting, 89 % of its memory limit',
    );
  });

  it('says that a lighter server is cordoned', () => {
    expect(
      explain([
        candidate('a', { memory: 0.1 }),
        candidate('b', { cpu: 0.05, memory: 0.1, adminState: 'cordoned' }),
      ]),
    ).to.equal(
      'a: 20 % CPU now, 28 % expected with this meeting, the only one that can take it; ' +
        'b is lighter but is cordoned',
    );
  });

  it('says why a server above its ceilings, a spare or an unstable one was taken', () => {
    expect(explain([candidate('a', { cpu: 0.9 })])).to.match(
      /^no server is below its ceilings, the least bad is a: 90 % CPU now, 98 % expected .*above its limit$/,
    );
    expect(explain([candidate('a', { cpu: 0.9 }), candidate('s', { tags: ['spare'] })])).to.match(
      /^no other server is below its ceilings, so a spare: s: 20 % CPU now/,
    );
    expect(explain([candidate('a', { health: 'unstable' })])).to.match(/^no server is online, trying/);
  });

  it('counts why nobody could take it', () => {
    expect(explain([])).to.equal('no server can take it: the pool has none');
    const sentence = explain(
      [
        candidate('a', { adminState: 'disabled' }),
        candidate('b', { tags: ['x'], health: 'offline' }),
        candidate('c', { tags: ['x'] }),
        candidate('d'),
      ],
      { requiredTags: ['x'], excluded: new Set(['c']) },
    );
    expect(sentence).to.equal(
      'no server can take it: 1 cordoned or disabled, 1 not online, 1 failed for this create, 1 without a required tag',
    );
  });

  it('gives each candidate its own reason', () => {
    const { candidates } = decide(
      placementRequest({ requiredTags: ['x'] }),
      [
        candidate('a', { tags: ['x'] }),
        candidate('b', { tags: ['x'], cpu: 0.5 }),
        candidate('c'),
        candidate('d', { tags: ['x'], health: 'wrong-secret' }),
        candidate('e', { tags: ['x'], cpu: 0.84 }),
        silent('f', { tags: ['x'] }),
      ],
      placementOptions(),
      () => 0,
    ).decision;
    const details = Object.fromEntries(candidates.map(({ id, detail }) => [id, detail]));
    expect(details).to.deep.equal({
      a: '33 % of its memory limit',
      b: '68 % of its CPU limit; a is lighter',
      c: 'lacks the tag x',
      d: 'refuses the secret',
      e: 'would be above a ceiling: 91 % CPU expected with this meeting, above its limit',
      f: 'its load is unknown: no CPU sample',
    });
    expect(candidates.map(({ rank }) => rank)).to.deep.equal([1, 2, 3, 4, undefined, undefined]);
  });

  it('says whose turn it is', () => {
    expect(explain([candidate('a'), candidate('b')], {}, { policy: 'round-robin' })).to.equal(
      'a: next in turn of 2',
    );
  });
});
