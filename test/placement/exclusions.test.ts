import { expect } from 'chai';
import * as fc from 'fast-check';
import { decide } from '../../src/placement/decide.js';
import { exclusionsOf } from '../../src/placement/exclusions.js';
import type { Candidate, PlacementOptions } from '../../src/placement/types.js';
import { candidate, placementOptions, placementRequest, silent } from '../support/candidates.js';

const { expectation } = placementRequest();

function excluded(servers: readonly Candidate[], options: PlacementOptions = placementOptions()) {
  return Object.fromEntries(exclusionsOf(servers, expectation, options));
}

describe('exclusionsOf', () => {
  it('excludes who is not enabled, not online or above a limit, and says why', () => {
    const servers = [
      candidate('fine'),
      silent('silent'),
      candidate('spare', { tags: ['spare'] }),
      candidate('cordoned', { adminState: 'cordoned' }),
      candidate('unstable', { health: 'unstable' }),
      candidate('offline', { health: 'offline' }),
      candidate('hot', { cpu: 0.9 }),
      candidate('full', { limits: { meetings: 2 }, meetings: 2 }),
    ];
    const expected = {
      cordoned: 'not-enabled',
      unstable: 'not-online',
      offline: 'not-online',
      hot: 'above-ceiling',
      full: 'above-ceiling',
    };
    expect(excluded(servers)).to.deep.equal(expected);
    expect(excluded(servers, placementOptions({ whenFull: 'refuse' }))).to.deep.equal(expected);
  });

  it('counts a server that is tried only for want of one that is online as excluded', () => {
    expect(excluded([candidate('bbb1', { health: 'unstable' })])).to.deep.equal({ bbb1: 'not-online' });
  });

  it('excludes nobody because it is another tag’s turn, or because of a burst', () => {
    const burst = Array.from({ length: 20 }, () => ({ expectedAttendees: 1 }));
    const servers = [candidate('canary', { tags: ['canary'] }), candidate('busy', { running: burst })];
    expect(excluded(servers, placementOptions({ shares: { canary: 0 } }))).to.deep.equal({});
  });

  it('agrees with placement: where it leaves somebody in, one of those is chosen', () => {
    const server = fc.record({
      cpu: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
      health: fc.constantFrom<Candidate['health']>('online', 'online', 'unstable', 'offline', 'unknown'),
      adminState: fc.constantFrom<Candidate['adminState']>('enabled', 'enabled', 'cordoned', 'disabled'),
      tags: fc.constantFrom<readonly string[]>([], ['spare']),
      meetings: fc.nat(4),
      limits: fc.constantFrom<Candidate['limits']>({}, { cpu: 0.5 }, { meetings: 3 }),
      attendees: fc.nat(80),
    });
    const whenFull = fc.constantFrom<PlacementOptions['whenFull']>('least-bad', 'refuse');
    fc.assert(
      fc.property(fc.array(server, { maxLength: 8 }), whenFull, (values, full) => {
        const servers = values.map((value, index) => candidate(`bbb${index}`, value));
        const options = placementOptions({ whenFull: full });
        const out = exclusionsOf(servers, expectation, options);
        const { decision } = decide(placementRequest(), servers, options, () => 0);
        const [first] = decision.ranking;
        const isLeft = servers.some(({ id }) => !out.has(id));
        if (isLeft) expect(out.has(first ?? ''), first).to.equal(false);
        else expect(decision.reason).to.be.oneOf(['least-bad', 'no-server']);
      }),
    );
  });
});
