import { expect } from 'chai';
import { decide } from '../../src/placement/decide.js';
import type { Candidate, Decision, PlacementOptions } from '../../src/placement/types.js';
import {
  candidate,
  type CandidateValues,
  placementOptions,
  placementRequest,
  seededRandom,
  silent,
} from '../support/candidates.js';

/** A server that got so many new meetings of two people just now. */
function crowded(id: string, meetings: number, values: CandidateValues = {}): Candidate {
  const running = Array.from({ length: meetings }, () => ({ expectedAttendees: 2, ageMs: 20_000 }));
  return candidate(id, { running, ...values });
}

function choose(servers: readonly Candidate[], options: Partial<PlacementOptions> = {}): Decision {
  return decide(placementRequest(), servers, placementOptions(options), seededRandom(1)).decision;
}

describe('a burst of new meetings', () => {
  it('goes to no server beyond its part, however light its forecast is', () => {
    const servers = [crowded('light', 12), crowded('heavy', 3, { cpu: 0.5 })];
    const { ranking, explanation, candidates } = choose(servers);
    expect(ranking).to.deep.equal(['heavy', 'light']);
    expect(candidates.map(({ verdict }) => verdict)).to.deep.equal(['chosen', 'burst-part-taken']);
    expect(explanation).to.match(
      /light is lighter but got 12 new meetings within a minute, its part of this burst$/,
    );
  });

  it('follows the forecast while it is calm, and where a server has its part still to come', () => {
    expect(choose([crowded('light', 7), crowded('heavy', 1, { cpu: 0.5 })]).ranking[0]).to.equal('light');
    const three = [crowded('light', 8), crowded('b', 9, { cpu: 0.5 }), crowded('c', 9, { cpu: 0.5 })];
    expect(choose(three).ranking[0]).to.equal('light');
  });

  it('gives a large and an empty server a larger part', () => {
    const large = crowded('large', 9, { cpuPerPerson: 0.005 / 4 });
    expect(choose([large, crowded('small', 3, { cpu: 0.5 })]).ranking[0]).to.equal('large');
    const full = crowded('full', 2, { cpu: 0.8 });
    expect(choose([crowded('empty', 9, { cpu: 0.05 }), full]).ranking[0]).to.equal('empty');
  });

  it('is told as what it is: others could take the meeting too', () => {
    const one = choose([crowded('light', 12), crowded('heavy', 3, { cpu: 0.5 })]);
    expect(one.explanation).to.include('the only one that has not got its part of this burst');
    const two = [crowded('light', 20), crowded('b', 3, { cpu: 0.5 }), crowded('c', 3, { cpu: 0.6 })];
    expect(choose(two).explanation).to.include('the lightest of 2 still to get their part of this burst');
    const { candidates } = choose(two, { rampMs: 30 * 60_000 });
    expect(candidates.at(-1)?.detail).to.equal(
      'got 20 new meetings within 2 minutes, its part of this burst',
    );
  });

  it('is no reason to prefer a server of which nothing is known', () => {
    const running = Array.from({ length: 9 }, () => ({ expectedAttendees: 2, ageMs: 20_000 }));
    const known = ['a', 'b'].map((id) => candidate(id, { running, cpu: 0.4 }));
    const { ranking, candidates } = choose([...known, silent('blind')]);
    expect(ranking.at(-1)).to.equal('blind');
    expect(candidates.at(-1)?.verdict).to.equal('unknown-load');
    // What is not known to be free is no part of what the others share.
    const uneven = [crowded('a', 9, { cpu: 0.4 }), crowded('b', 10, { cpu: 0.4 })];
    const alone = choose(uneven).ranking;
    expect(choose([...uneven, silent('blind')]).ranking).to.deep.equal([...alone, 'blind']);
  });

  it('refuses nobody: the only server takes all of it', () => {
    expect(choose([crowded('only', 60)]).ranking).to.deep.equal(['only']);
    expect(choose([crowded('only', 60)]).reason).to.equal('lowest-load');
  });

  it('bounds no policy that an operator chose', () => {
    const servers = [crowded('light', 12), crowded('heavy', 3, { attendees: 90 })];
    expect(choose(servers, { policy: 'fewest-attendees' }).ranking[0]).to.equal('light');
  });

  it('keeps to a preferred tag all the same', () => {
    const servers = [crowded('eu', 20, { tags: ['eu'] }), candidate('us')];
    const request = placementRequest({ preferredTag: 'eu' });
    const { decision } = decide(request, servers, placementOptions(), seededRandom(1));
    expect(decision.ranking).to.deep.equal(['eu', 'us']);
  });

  it('is shared by the people counted where no CPU is known', () => {
    const blind = (id: string, attendees: number, meetings: number): Candidate =>
      crowded(id, meetings, { attendees, ...{ cpu: undefined, memory: undefined, sampleAgeMs: undefined } });
    expect(choose([blind('empty', 0, 11), blind('full', 160, 8)]).ranking[0]).to.equal('empty');
    expect(choose([blind('empty', 0, 40), blind('full', 160, 4)]).ranking[0]).to.equal('full');
  });
});
