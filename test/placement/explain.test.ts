import { expect } from 'chai';
import { decide } from '../../src/placement/decide.js';
import type { Candidate, Decision, PlacementOptions } from '../../src/placement/types.js';
import { candidate, placementOptions, placementRequest, silent } from '../support/candidates.js';

interface Case {
  readonly title: string;
  readonly candidates: readonly Candidate[];
  readonly request?: Parameters<typeof placementRequest>[0];
  readonly options?: Partial<PlacementOptions>;
  /** `{p}`, `{t}` and `{l}` stand for what the chosen one's record says: predicted CPU, how far ahead, and load. */
  readonly sentence: string;
}

const full = { cpu: 0.7, limits: { cpu: 0.4 } };

const cases: readonly Case[] = [
  {
    title: 'what was measured, what is expected and who was passed over for its old sample',
    candidates: [
      candidate('bbb3', {
        cpu: 0.41,
        attendees: 30,
        running: [{ countedAttendees: 5 }, { countedAttendees: 5 }],
      }),
      candidate('bbb2', { cpu: 0.7, attendees: 100 }),
      silent('bbb1', { attendees: 2, sampleAgeMs: 240_000 }),
    ],
    sentence:
      'bbb3: 41 % CPU now, {p} % expected in {t} minutes with 2 young meetings and this one; ' +
      '{l} % of its CPU limit, the lightest of 2 whose load is known; ' +
      'bbb1 has fewer people but its last sample is 4 minutes old, too old to count',
  },
  {
    title: 'the resource that decides where it is not the CPU',
    candidates: [candidate('a', { memory: 0.8 }), candidate('b', { cpu: 0.8, memory: 0.95 })],
    sentence:
      'a: 20 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '89 % of its memory limit, the only regular one that can take it',
  },
  {
    title: 'that a lighter server is cordoned',
    candidates: [
      candidate('a', { memory: 0.1 }),
      candidate('b', { cpu: 0.05, memory: 0.1, adminState: 'cordoned' }),
    ],
    sentence:
      'a: 20 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, the only one that can take it; b is lighter but is cordoned',
  },
  {
    title: 'that all are full, and who would break a limit set as a number',
    candidates: [
      candidate('a', full),
      candidate('b', { ...full, cpu: 0.9 }),
      candidate('h', { meetings: 3, limits: { meetings: 3 } }),
    ],
    sentence:
      'no server that may take it is below its ceilings, the least bad is a: 70 % CPU now, {p} % expected in {t} minutes ' +
      'with this meeting; {l} % of its CPU limit, the lightest of 2; it is above its CPU limit of 40 %: 70 % now; ' +
      'h is lighter but would pass its fixed limit of 3 meetings: 3 meetings already',
  },
  {
    title: 'that a spare was needed',
    candidates: [candidate('a', full), candidate('s', { cpu: 0.3, tags: ['spare'] })],
    sentence:
      'no regular server can take it, so a spare: s: 30 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, the only spare that can take it',
  },
  {
    title: 'that no server is online',
    candidates: [candidate('a', { health: 'unstable', memory: 0.1 }), candidate('b', { health: 'offline' })],
    sentence:
      'no server is online, trying those that failed lately or were not polled yet: a: 20 % CPU now, ' +
      '{p} % expected in {t} minutes with this meeting; {l} % of its CPU limit, the only one that can take it',
  },
  {
    title: 'that none with the preferred tag can take it',
    candidates: [candidate('plain', { cpu: 0.3, memory: 0.1 }), candidate('gpu', { ...full, tags: ['gpu'] })],
    request: { preferredTag: 'gpu' },
    sentence:
      'no regular server with the preferred tag gpu can take it (gpu: above its CPU limit of 40 %: 70 % now), so another: ' +
      'plain: 30 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, the only regular one that can take it',
  },
  {
    title: 'what keeps the servers with the preferred tag',
    candidates: [
      candidate('plain', { memory: 0.1 }),
      candidate('gpu1', { tags: ['gpu'], health: 'unstable' }),
      candidate('gpu2', { tags: ['gpu'], adminState: 'cordoned' }),
    ],
    request: { preferredTag: 'gpu' },
    sentence:
      'no regular server with the preferred tag gpu can take it (gpu1: unstable, and 1 more), so another: ' +
      'plain: 20 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, the only one that can take it',
  },
  {
    title: 'that one was drawn among equals',
    candidates: [
      candidate('a', { cpu: 0.3, memory: 0.1 }),
      candidate('b', { cpu: 0.3, memory: 0.1 }),
      candidate('c', { cpu: 0.6 }),
    ],
    sentence:
      'a: 30 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, drawn from 2 equal ones of 3 that can take it',
  },
  {
    title: 'which server a person would wonder about, rather than an idle spare',
    candidates: [
      candidate('a', { cpu: 0.5, attendees: 60 }),
      candidate('s', { cpu: 0.01, tags: ['spare'] }),
      candidate('down', { cpu: 0.2, attendees: 20, health: 'offline' }),
    ],
    sentence:
      'a: 50 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, the only regular one that can take it; down is lighter but is offline',
  },
  {
    title: 'that a canary is lighter and it is not its turn',
    candidates: [
      candidate('old', { cpu: 0.5, attendees: 90 }),
      candidate('new', { cpu: 0.01, memory: 0.1, tags: ['canary'] }),
    ],
    options: { shares: { canary: 0.05 } },
    sentence:
      'old: 50 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, the only regular one that can take it; ' +
      'new is lighter but its tag canary gets only 5 % of the new meetings, not this one',
  },
  {
    title: 'that only a canary is left',
    candidates: [
      candidate('old', { cpu: 0.9, health: 'offline' }),
      candidate('new', { cpu: 0.3, memory: 0.1, tags: ['canary'] }),
    ],
    options: { shares: { canary: 0 } },
    sentence:
      'no other server can take it, so one beyond the share of its tag: new: 30 % CPU now, ' +
      '{p} % expected in {t} minutes with this meeting; {l} % of its CPU limit, the only one that can take it',
  },
  {
    title: 'that only one load is known',
    candidates: [candidate('a', { cpu: 0.6 }), silent('b', { attendees: 900, sampleAgeMs: 600_000 })],
    sentence:
      'a: 60 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, the only one of 2 whose load is known',
  },
  {
    title: 'that no load is known and people were compared',
    candidates: [silent('a', { attendees: 10 }), silent('b', { attendees: 30 })],
    sentence: 'a: no CPU sample; 10 attendees and 0 reserved, the fewest people of 2 that can take it',
  },
  {
    title: 'that people were compared by the cores of their hosts',
    candidates: [
      silent('large', { attendees: 30, cpuPerPerson: 0.001 }),
      silent('small', { attendees: 20, cpuPerPerson: 0.005 }),
    ],
    sentence:
      'large: no CPU sample; 30 attendees and 0 reserved, the fewest people for its cores of 2 that can take it',
  },
  {
    title: 'that two were drawn',
    candidates: [
      candidate('a', { cpu: 0.5, memory: 0.1 }),
      candidate('b', { cpu: 0.4, memory: 0.1 }),
      candidate('c', { cpu: 0.1, memory: 0.1 }),
    ],
    options: { policy: 'power-of-two' },
    sentence:
      'b: 40 % CPU now, {p} % expected in {t} minutes with this meeting; ' +
      '{l} % of its CPU limit, the lighter of 2 drawn from 3 that can take it',
  },
  {
    title: 'what the last five minutes were like',
    candidates: [candidate('a', { longCpu: 0.3 }), candidate('b', { cpu: 0.1, longCpu: 0.7 })],
    options: { policy: 'cpu-mem' },
    sentence:
      'a: 30 % CPU and 30 % memory over five minutes, the least of both together of 2 that can take it; ' +
      '20 % CPU now, {p} % expected in {t} minutes with this meeting',
  },
  {
    title: 'how many meetings each counts for',
    candidates: [
      candidate('a', { meetings: 5 }),
      candidate('b', { cpu: 0.1, meetings: 1, loadMultiplier: 2 }),
    ],
    request: { policy: 'fewest-meetings' },
    sentence:
      'b: 1 meeting, times 2, the fewest meetings of 2 that can take it, each times its multiplier; ' +
      '10 % CPU now, {p} % expected in {t} minutes with this meeting',
  },
  {
    title: 'whose turn it is',
    candidates: [candidate('a'), candidate('b')],
    options: { policy: 'round-robin' },
    sentence:
      'a: next in turn, the one that waited longest of 2 that can take it; ' +
      '20 % CPU now, {p} % expected in {t} minutes with this meeting',
  },
  {
    title: 'why nobody could take it',
    candidates: [
      candidate('a', { adminState: 'disabled' }),
      candidate('b', { tags: ['x'], health: 'offline' }),
      candidate('c', { tags: ['x'] }),
      candidate('d'),
    ],
    request: { requiredTags: ['x'], excluded: new Set(['c']) },
    sentence:
      'no server can take it: 1 cordoned or disabled, 1 not online, 1 failed for this create, 1 without a required tag',
  },
  { title: 'that the pool is empty', candidates: [], sentence: 'no server can take it: the pool has none' },
];

function decisionOf({ candidates, request, options }: Omit<Case, 'title' | 'sentence'>): Decision {
  return decide(placementRequest(request), candidates, placementOptions(options), () => 0).decision;
}

describe('the explanation of a decision', () => {
  for (const item of cases) {
    it(`says ${item.title}`, () => {
      const { explanation, candidates } = decisionOf(item);
      const { predictedCpu = 0, predictedInMs = 0, load = 0 } = candidates[0] ?? {};
      const expected = item.sentence
        .replaceAll('{p}', String(Math.round(predictedCpu * 100)))
        .replaceAll('{l}', String(Math.round(load * 100)))
        .replaceAll('{t}', String(Math.round(predictedInMs / 60_000)));
      expect(explanation).to.equal(expected);
    });
  }
});

describe('the sentence about a candidate', () => {
  function details(item: Omit<Case, 'title' | 'sentence'>): Record<string, string> {
    return Object.fromEntries(decisionOf(item).candidates.map(({ id, detail }) => [id, detail]));
  }

  it('says what kept it from being taken', () => {
    const tags = ['x'];
    const said = details({
      candidates: [
        candidate('a', { tags }),
        candidate('b', { tags, limits: { attendees: 30 } }),
        candidate('c'),
        candidate('d', { tags, health: 'wrong-secret' }),
        candidate('e', { tags, networkBytesPerSecond: 120e6, networkMbit: 1000 }),
        silent('f', { tags }),
        silent('g', { tags, memory: 0.2, sampleAgeMs: 3_000 }),
        candidate('h', { tags, adminState: 'cordoned' }),
        candidate('i', { tags, health: 'unknown' }),
        candidate('j', { tags: [...tags, 'spare'] }),
        candidate('k', { tags: [...tags, 'canary'] }),
        candidate('l', { tags, attendees: 90, running: [{}], limits: { attendees: 100 } }),
      ],
      request: { requiredTags: tags, excluded: new Set<string>() },
      options: { shares: { canary: 0.005 } },
    });
    expect(said).to.deep.equal({
      a: '33 % of its memory limit',
      b: '50 % of its attendees limit; a is lighter',
      c: 'lacks the tag x',
      d: 'refuses the secret',
      e: 'above its network limit of 85 %: 960 of 1000 Mbit/s',
      f: 'its load is unknown: no CPU sample',
      g: 'its load is unknown: its samples hold no CPU value',
      h: 'cordoned',
      i: 'was not polled yet',
      j: 'a spare, kept for when no other is below its ceilings',
      k: 'its tag canary gets only 0.5 % of the new meetings, not this one',
      l: 'would pass its fixed limit of 100 attendees: 90 attendees and 15 reserved already',
    });
  });

  it('speaks of what its policy compares', () => {
    expect(
      details({
        candidates: [candidate('a', { longCpu: 0.1 }), candidate('b', { longCpu: 0.5 }), silent('c')],
        options: { policy: 'cpu-mem' },
      }),
    ).to.deep.equal({
      a: '10 % CPU and 30 % memory over five minutes',
      b: '50 % CPU and 30 % memory over five minutes; a has less of both together',
      c: 'its load is unknown: no CPU and memory of the last five minutes',
    });
    expect(
      details({
        candidates: [silent('a'), silent('b', { attendees: 2 }), silent('c', { attendees: 9 })],
      }),
    ).to.deep.equal({
      a: 'no CPU sample',
      b: 'no CPU sample; a has fewer people',
      c: 'no CPU sample; a has fewer people',
    });
    expect(
      details({ candidates: [candidate('a'), candidate('b')], options: { policy: 'fewest-meetings' } }),
    ).to.deep.equal({ a: '0 meetings', b: '0 meetings; equal to a, the choice was random' });
  });

  it('is read, written as JSON and true to the decision also after the request has changed', () => {
    const excluded = new Set<string>();
    const { candidates } = decisionOf({
      candidates: [candidate('a'), candidate('b')],
      request: { excluded },
    });
    excluded.add('a');
    const [first, second] = JSON.parse(JSON.stringify(candidates)) as Record<string, unknown>[];
    expect(first).to.include({
      id: 'a',
      verdict: 'chosen',
      detail: '33 % of its memory limit',
      rank: 1,
      cpu: 0.2,
    });
    expect(second).to.include({ id: 'b', detail: candidates[1]?.detail, verdict: 'within-tolerance' });
  });
});

describe('the notes of a decision', () => {
  const expected = (basis: 'room' | 'tenant' | 'hint' | 'default', sessions: number, attendees = 22.6) => ({
    expectation: { attendees, durationsMs: [30 * 60_000, 60 * 60_000], basis, sessions },
  });

  for (const [title, request, note] of [
    [
      'past sessions',
      expected('room', 4),
      '23 people for about 45 minutes expected, going by its last 4 sessions',
    ],
    [
      'one past session',
      expected('room', 1, 1),
      '1 person for about 45 minutes expected, going by its last session',
    ],
    [
      'its tenant',
      expected('tenant', 64),
      '23 people for about 45 minutes expected, going by 64 sessions of its tenant',
    ],
    ['its size hint', expected('hint', 0), '23 people for about 45 minutes expected, by its size hint'],
    ['nothing', {}, '15 people for about 60 minutes assumed, nothing is known of this room'],
  ] as const) {
    it(`say how many are expected, and that ${title} told it`, () => {
      const { notes, expectation } = decisionOf({ candidates: [candidate('a')], request });
      expect(notes?.[0]).to.equal(note);
      expect(expectation).to.deep.equal(placementRequest(request).expectation);
    });
  }

  it('say what a person costs there, and what else keeps the host busy', () => {
    const busy = candidate('bbb1', { cpuPerPerson: 0.0031, backgroundCpu: 0.06 });
    expect(decisionOf({ candidates: [busy] }).notes?.slice(1)).to.deep.equal([
      'a person with usual voice and video is taken to cost 0.31 % CPU on bbb1',
      'bbb1 has 6 % CPU beyond what its people explain',
    ]);
    const calm = { ...busy, backgroundCpu: -0.2 };
    expect(decisionOf({ candidates: [calm] }).notes?.[2]).to.equal(
      'bbb1 has 20 % CPU less than its people explain',
    );
    expect(decisionOf({ candidates: [{ ...busy, backgroundCpu: 0.01 }] }).notes).to.have.length(2);
  });

  it('say why less is expected than is busy now', () => {
    const peak = candidate('bbb1', { cpu: 0.8, backgroundCpu: 0.01 });
    expect(decisionOf({ candidates: [peak] }).notes?.slice(2)).to.deep.equal([
      'bbb1 is expected to calm down from 80 %: a peak counts for the future only as it lasts',
    ]);
  });

  it('speak of CPU only where the policy looks at it', () => {
    expect(
      decisionOf({ candidates: [candidate('a')], options: { policy: 'round-robin' } }).notes,
    ).to.have.length(1);
    expect(decisionOf({ candidates: [silent('a')] }).notes).to.have.length(1);
    expect(decisionOf({ candidates: [] }).notes).to.have.length(1);
  });
});
