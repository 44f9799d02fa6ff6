import { expect } from 'chai';
import fc from 'fast-check';
import { decide } from '../../src/placement/decide.js';
import { POLICY_NAMES } from '../../src/policy-names.js';
import type { Candidate, Decision, PlacementOptions, PlacementRequest } from '../../src/placement/types.js';
import {
  candidate,
  placementOptions,
  placementRequest,
  seededRandom,
  silent,
} from '../support/candidates.js';

const ids = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9]{0,3}$/), { minLength: 1, maxLength: 12 });
const tags = fc.subarray(['x', 'y', 'spare']);
const oddNumber = fc.constantFrom(Number.NaN, -1, -1e308, 1e308, Number.POSITIVE_INFINITY, -Infinity);

const running = fc.record({
  expectedAttendees: fc.nat(60),
  countedAttendees: fc.nat(60),
  ageMs: fc.nat(1_200_000),
  durationsMs: fc.array(fc.nat(7_200_000), { maxLength: 3 }),
});

/** More meetings within the last minute than is calm. */
const burst = fc.array(
  running.map((meeting) => ({ ...meeting, ageMs: meeting.ageMs % 50_000 })),
  { minLength: 7, maxLength: 12 },
);

const values = fc.record({
  adminState: fc.constantFrom(
    'enabled' as const,
    'enabled' as const,
    'cordoned' as const,
    'disabled' as const,
  ),
  health: fc.constantFrom(
    'online' as const,
    'online' as const,
    'unstable' as const,
    'offline' as const,
    'unknown' as const,
    'wrong-secret' as const,
  ),
  tags,
  loadMultiplier: fc.constantFrom(1, 1, 0.5, 3),
  limits: fc.record({
    attendees: fc.option(fc.nat(200), { nil: undefined }),
    meetings: fc.option(fc.nat(10), { nil: undefined }),
  }),
  cpu: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  memory: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  attendees: fc.nat(200),
  meetings: fc.nat(12),
  running: fc.oneof({ arbitrary: fc.array(running, { maxLength: 3 }), weight: 2 }, burst),
});

const pool: fc.Arbitrary<Candidate[]> = ids.chain((names) =>
  fc.tuple(...names.map((id) => values.map((some) => candidate(id, some)))),
);

const request: fc.Arbitrary<PlacementRequest> = fc
  .record({
    people: fc.nat(300),
    requiredTags: fc.subarray(['x', 'y']),
    preferredTag: fc.constantFrom(undefined, 'x', 'spare'),
    excluded: fc.subarray(['a', 'b', 'c']),
  })
  .map((some) => placementRequest({ ...some, excluded: new Set(some.excluded) }));

function run(
  asked: PlacementRequest,
  servers: readonly Candidate[],
  options: PlacementOptions,
  seed = 1,
): Decision {
  return decide(asked, servers, options, seededRandom(seed)).decision;
}

/** With the sentences of the candidates, which are made when they are read. */
function asJson(decision: Decision): unknown {
  return JSON.parse(JSON.stringify(decision));
}

function mayServe(server: Candidate, asked: PlacementRequest): boolean {
  return (
    server.adminState === 'enabled' &&
    asked.requiredTags.every((tag) => server.tags.includes(tag)) &&
    !asked.excluded.has(server.id)
  );
}

for (const policy of POLICY_NAMES) {
  describe(`policy ${policy}`, () => {
    it('never picks an ineligible server and ranks every other once', () => {
      fc.assert(
        fc.property(
          pool,
          request,
          fc.constantFrom('least-bad' as const, 'refuse' as const),
          (servers, asked, whenFull) => {
            const { ranking, candidates, reason } = run(
              asked,
              servers,
              placementOptions({ policy, whenFull }),
            );
            const online = servers.filter((server) => mayServe(server, asked) && server.health === 'online');
            const shaky = servers.filter(
              (server) =>
                mayServe(server, asked) && (server.health === 'unstable' || server.health === 'unknown'),
            );
            const allowed = (online.length > 0 ? online : shaky).map(({ id }) => id);
            expect(allowed).to.include.members([...ranking]);
            expect(new Set(ranking).size).to.equal(ranking.length);
            if (whenFull === 'least-bad') expect(ranking).to.have.members(allowed);
            expect(candidates.map(({ id }) => id)).to.have.members(servers.map(({ id }) => id));
            expect(reason === 'no-server').to.equal(ranking.length === 0);
          },
        ),
      );
    });

    it('answers the same whatever the order of the candidates', () => {
      const shuffled = pool.chain((servers) =>
        fc.tuple(fc.constant(servers), fc.shuffledSubarray(servers, { minLength: servers.length })),
      );
      fc.assert(
        fc.property(shuffled, request, fc.nat(), ([servers, others], asked, seed) => {
          const options = placementOptions({ policy });
          expect(asJson(run(asked, others, options, seed))).to.deep.equal(
            asJson(run(asked, servers, options, seed)),
          );
        }),
      );
    });

    it('is the same by request as by configuration', () => {
      fc.assert(
        fc.property(pool, request, fc.nat(), (servers, asked, seed) => {
          const byRequest = run(
            { ...asked, policy },
            servers,
            placementOptions({ policy: 'predicted' }),
            seed,
          );
          expect(asJson(byRequest)).to.deep.equal(
            asJson(run(asked, servers, placementOptions({ policy }), seed)),
          );
        }),
      );
    });

    it('ranks a server it cannot compare behind those it can', () => {
      const servers = [
        silent('silent'),
        candidate('busy', { cpu: 0.6, attendees: 80, meetings: 5 }),
        candidate('busier', { cpu: 0.6, attendees: 81, meetings: 6 }),
      ];
      const isBlind = ['round-robin', 'fewest-meetings', 'fewest-attendees'].includes(policy);
      fc.assert(
        fc.property(fc.nat(), (seed) => {
          const { ranking } = run(placementRequest(), servers, placementOptions({ policy }), seed);
          if (isBlind) expect(ranking).to.have.members(['silent', 'busy', 'busier']);
          else if (policy !== 'power-of-two') expect(ranking[2]).to.equal('silent');
          else expect(ranking[0]).to.not.equal('silent');
        }),
      );
    });

    it('lives through senseless numbers and explains itself', () => {
      const broken = fc.record(
        {
          cpu: oddNumber,
          memory: oddNumber,
          networkBytesPerSecond: oddNumber,
          networkMbit: oddNumber,
          attendees: oddNumber,
          meetings: oddNumber,
          loadMultiplier: oddNumber,
          sampleAgeMs: oddNumber,
          longCpu: oddNumber,
          longMemory: oddNumber,
          cpuPerPerson: oddNumber,
          idleCpu: oddNumber,
        },
        { requiredKeys: [] },
      );
      fc.assert(
        fc.property(
          pool,
          fc.array(broken, { maxLength: 12 }),
          request,
          oddNumber,
          (servers, odd, asked, expected) => {
            const all = servers.map((server, i) => ({ ...server, ...odd[i] }));
            const { explanation, candidates, notes } = run(
              { ...asked, expectation: { ...asked.expectation, attendees: expected } },
              all,
              placementOptions({ policy }),
            );
            expect([explanation, ...(notes ?? [])].join()).to.not.match(/NaN|undefined|Infinity/);
            for (const { load, detail } of candidates) {
              expect(Number.isNaN(load ?? 0)).to.equal(false);
              expect(detail).to.not.equal('');
              expect(detail).to.not.match(/NaN|undefined|Infinity/);
            }
          },
        ),
      );
    });
  });
}

describe('policy predicted', () => {
  it('puts a strictly lighter server first, beyond the tolerance', () => {
    const cpus = fc.array(fc.double({ min: 0, max: 0.7, noNaN: true }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(cpus, fc.nat(), (loads, seed) => {
        const servers = loads.map((cpu, i) => candidate(`s${i}`, { cpu, memory: undefined }));
        const options = placementOptions();
        const { candidates } = run(placementRequest(), servers, options, seed);
        const lowest = Math.min(...candidates.map(({ load }) => load ?? Infinity));
        expect(candidates[0]?.load).to.be.at.most(lowest + options.tolerance);
        const rest = candidates.slice(1).map(({ load }) => load ?? Infinity);
        expect(rest).to.deep.equal([...rest].sort((a, b) => a - b));
      }),
    );
  });

  it('never prefers a server with a senseless value to a sound one', () => {
    const key = fc.constantFrom('cpu', 'attendees', 'meetings', 'loadMultiplier');
    fc.assert(
      fc.property(key, oddNumber, (name, value) => {
        const servers = [
          candidate('odd', { [name]: value }),
          candidate('sound', { cpu: 0.6, attendees: 100 }),
        ];
        expect(run(placementRequest(), servers, placementOptions()).ranking[0]).to.equal('sound');
      }),
    );
  });
});
