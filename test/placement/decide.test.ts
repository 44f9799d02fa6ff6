import { expect } from 'chai';
import { decide, freshState } from '../../src/placement/decide.js';
import type { Candidate, Decision, PlacementOptions } from '../../src/placement/types.js';
import { candidate, placementOptions, placementRequest, silent } from '../support/candidates.js';

function choose(
  candidates: readonly Candidate[],
  request: Parameters<typeof placementRequest>[0] = {},
  options: Partial<PlacementOptions> = {},
  random = () => 0,
): Decision {
  return decide(placementRequest(request), candidates, placementOptions(options), random).decision;
}

function verdicts(decision: Decision): Record<string, string> {
  return Object.fromEntries(decision.candidates.map(({ id, verdict }) => [id, verdict]));
}

describe('decide', () => {
  it('takes the lightest and ranks the rest by load', () => {
    const decision = choose([
      candidate('a', { cpu: 0.5 }),
      candidate('b', { cpu: 0.1, memory: 0.1 }),
      candidate('c', { cpu: 0.3 }),
    ]);
    expect(decision.ranking).to.deep.equal(['b', 'c', 'a']);
    expect(decision.reason).to.equal('lowest-load');
    expect(verdicts(decision)).to.deep.equal({ a: 'heavier', b: 'chosen', c: 'heavier' });
  });

  it('counts reserved people, whatever the sample says', () => {
    const running = [{ expectedAttendees: 60, ageMs: 60_000 }];
    const decision = choose([
      candidate('a', { cpu: 0.1, running, sampleAgeMs: 0 }),
      candidate('b', { cpu: 0.2 }),
    ]);
    expect(decision.ranking[0]).to.equal('b');
  });

  it('keeps a server at 40 % CPU with two new meetings of 15 below 85 %', () => {
    const decision = choose([candidate('a', { cpu: 0.4, running: [{}, {}] })]);
    const [a] = decision.candidates;
    expect(a?.predictedCpu).to.be.within(0.4, 0.7);
    expect(a?.predictedInMs).to.be.within(1, 3_600_000);
    expect(decision.reason).to.equal('lowest-load');
  });

  it('weighs the load by the multiplier but moves no ceiling by it', () => {
    const small = candidate('small', { cpu: 0.2, loadMultiplier: 4 });
    const decision = choose([small, candidate('big', { cpu: 0.5 })]);
    expect(decision.ranking).to.deep.equal(['big', 'small']);
    expect(choose([small], {}, { whenFull: 'refuse' }).ranking).to.deep.equal(['small']);
  });

  it('lets the tightest resource decide', () => {
    const decision = choose([
      candidate('memory', { cpu: 0.1, memory: 0.8 }),
      candidate('network', { cpu: 0.1, networkBytesPerSecond: 1e8, networkMbit: 1000 }),
      candidate('attendees', { cpu: 0.1, attendees: 60, limits: { attendees: 100 } }),
      candidate('meetings', { cpu: 0.1, meetings: 5, limits: { meetings: 10 } }),
      candidate('cpu', { cpu: 0.3 }),
    ]);
    expect(decision.ranking).to.deep.equal(['cpu', 'meetings', 'attendees', 'memory', 'network']);
    expect(decision.candidates.map(({ bound, id }) => bound === id)).to.not.include(false);
  });

  it('ranks unknown load after known, by people', () => {
    const decision = choose([
      silent('idle'),
      silent('busy', { attendees: 50 }),
      candidate('known', { cpu: 0.6, attendees: 90 }),
    ]);
    expect(decision.ranking).to.deep.equal(['known', 'idle', 'busy']);
    expect(verdicts(decision)).to.include({ idle: 'unknown-load', busy: 'unknown-load' });
    expect(choose([silent('idle'), silent('busy', { attendees: 50 })]).reason).to.equal('unknown-load');
  });

  it('says that reserved people are unknown where those of a meeting are, and not that there are none', () => {
    const { candidates } = choose([
      candidate('odd', { running: [{ countedAttendees: Number.NaN }], limits: { attendees: 20 } }),
    ]);
    expect(candidates[0]).to.include({ reservedAttendees: undefined, load: undefined });
  });

  it('holds the attendees limit where the load is unknown', () => {
    const full = silent('full', { attendees: 10, limits: { attendees: 20 } });
    expect(choose([full, silent('other', { attendees: 40 })]).ranking).to.deep.equal(['other', 'full']);
  });

  it('takes servers with the preferred tag first, and others when those are full', () => {
    const gpu = candidate('gpu', { tags: ['gpu'], cpu: 0.7 });
    const plain = candidate('plain', { cpu: 0.1 });
    const decision = choose([plain, gpu], { preferredTag: 'gpu' });
    expect(decision.ranking).to.deep.equal(['gpu', 'plain']);
    expect(verdicts(decision).plain).to.equal('tag-preferred-elsewhere');
    const full = candidate('gpu', { tags: ['gpu'], cpu: 0.7, limits: { cpu: 0.4 } });
    expect(choose([plain, full], { preferredTag: 'gpu' }).ranking).to.deep.equal(['plain', 'gpu']);
  });

  it('keeps spares for when no other server is below its ceilings', () => {
    const spare = candidate('spare', { tags: ['spare'], cpu: 0.01 });
    expect(choose([spare, candidate('a', { cpu: 0.7 })]).ranking).to.deep.equal(['a', 'spare']);
    const decision = choose([spare, candidate('a', { cpu: 0.7, limits: { cpu: 0.4 } })]);
    expect(decision.ranking).to.deep.equal(['spare', 'a']);
    expect(decision.reason).to.equal('spare');
  });

  it('takes the least bad server when all are full, hard limits last, or refuses', () => {
    const servers = [
      candidate('hard', { cpu: 0.1, meetings: 3, limits: { meetings: 3 } }),
      candidate('worse', { cpu: 0.95, limits: { cpu: 0.4 } }),
      candidate('bad', { cpu: 0.9, limits: { cpu: 0.4 } }),
    ];
    const decision = choose(servers, {}, { policy: 'round-robin' });
    expect(decision.ranking).to.deep.equal(['bad', 'worse', 'hard']);
    expect(decision.reason).to.equal('least-bad');
    const refused = choose(servers, {}, { whenFull: 'refuse' });
    expect(refused.ranking).to.deep.equal([]);
    expect(refused.reason).to.equal('no-server');
    expect(refused.explanation).to.equal('no server can take it: 3 above a ceiling');
  });

  it('places a meeting that is too big for its estimate on an idle server', () => {
    const decision = choose([candidate('a', { cpu: 0.05 })], { people: 500 }, { whenFull: 'refuse' });
    expect(decision.ranking).to.deep.equal(['a']);
  });

  it('falls back on unstable and unpolled servers only when none is online', () => {
    const shaky = candidate('shaky', { health: 'unstable', cpu: 0.01, memory: 0.1 });
    const dead = candidate('dead', { health: 'offline', cpu: 0.01 });
    const wrong = candidate('wrong', { health: 'wrong-secret' });
    expect(choose([shaky, dead, candidate('a')]).ranking).to.deep.equal(['a']);
    const decision = choose([shaky, dead, wrong, candidate('new', { health: 'unknown' })]);
    expect(decision.ranking).to.deep.equal(['shaky', 'new']);
    expect(decision.reason).to.equal('least-bad');
    expect(choose([dead, wrong]).reason).to.equal('no-server');
  });

  it('draws among those within the tolerance and orders the rest by load', () => {
    const servers = [candidate('a'), candidate('b', { cpu: 0.202 }), candidate('c', { cpu: 0.4 })].map(
      (one) => ({
        ...one,
        memory: undefined,
      }),
    );
    expect(choose(servers, {}, {}, () => 0.99).ranking).to.deep.equal(['b', 'a', 'c']);
    expect(choose(servers, {}, {}, () => 0).ranking).to.deep.equal(['a', 'b', 'c']);
    expect(choose(servers, {}, { tolerance: 0.001 }, () => 0.99).ranking).to.deep.equal(['a', 'b', 'c']);
  });

  it('takes turns with round-robin, going on behind the last server', () => {
    const servers = ['c', 'a', 'b'].map((id) => candidate(id));
    let state = freshState;
    const taken: (string | undefined)[] = [];
    for (let i = 0; i < 5; i += 1) {
      const decided = decide(
        placementRequest(),
        servers,
        placementOptions({ policy: 'round-robin' }),
        Math.random,
        state,
      );
      taken.push(decided.decision.ranking[0]);
      state = decided.state;
    }
    expect(taken).to.deep.equal(['a', 'b', 'c', 'a', 'b']);
  });

  it('counts meetings or people with the yardstick policies', () => {
    const servers = [
      candidate('a', { cpu: 0.1, meetings: 4, attendees: 10 }),
      candidate('b', { cpu: 0.5, meetings: 1, attendees: 90 }),
    ];
    expect(choose(servers, {}, { policy: 'fewest-meetings' }).ranking).to.deep.equal(['b', 'a']);
    expect(choose(servers, {}, { policy: 'fewest-attendees' }).ranking).to.deep.equal(['a', 'b']);
    expect(choose(servers, {}, { policy: 'fewest-attendees' }).reason).to.equal('policy');
  });
});
