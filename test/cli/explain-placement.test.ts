import { expect } from 'chai';
import type { PlacementsAnswer } from '../../src/admin/views.js';
import { explainPlacement } from '../../src/cli/explain-placement.js';
import { showAge, showLoad, showRatio } from '../../src/cli/show.js';
import { renderTable } from '../../src/cli/table.js';

const PLAIN = { isColoured: false };

type Placement = PlacementsAnswer['placements'][number];

const nothing = {
  bound: undefined,
  load: undefined,
  cpu: undefined,
  predictedCpu: undefined,
  predictedInMs: undefined,
  cpuPerPerson: undefined,
  backgroundCpu: undefined,
  memory: undefined,
  networkBytesPerSecond: undefined,
  sampleAgeMs: undefined,
  pollAgeMs: 2000,
  rank: undefined,
};

const placement: Placement = {
  id: 'p1',
  at: Date.UTC(2025, 2, 3, 8, 0, 5),
  tenantId: 'default',
  meetingId: 'math-7b',
  serverId: 'bbb2',
  policy: 'predicted',
  expectedAttendees: 15,
  decision: {
    ranking: ['bbb1', 'bbb2'],
    reason: 'lowest-load',
    explanation: 'bbb1 is the lightest: 45 % of its CPU limit.',
    candidates: [
      {
        ...nothing,
        ...{ id: 'bbb3', verdict: 'not-enabled', detail: 'cordoned' },
        ...{ attendees: 0, reservedAttendees: 0, meetings: 0 },
      },
      {
        ...nothing,
        ...{ id: 'bbb2', verdict: 'heavier', detail: '60 % of its CPU limit; bbb1 is lighter', rank: 2 },
        ...{
          attendees: 40,
          reservedAttendees: 15,
          meetings: 3,
          load: 0.6,
          bound: 'cpu',
          cpu: 0.4,
          predictedCpu: 0.51,
          predictedInMs: 1_200_000,
        },
        ...{ memory: 0.3, networkBytesPerSecond: 1_250_000, sampleAgeMs: 8000 },
      },
      {
        ...nothing,
        ...{ id: 'bbb1', verdict: 'chosen', detail: '45 % of its CPU limit', rank: 1 },
        ...{
          attendees: 20,
          reservedAttendees: 0,
          meetings: 2,
          load: 0.45,
          bound: 'cpu',
          cpu: 0.35,
          predictedCpu: 0.38,
        },
      },
    ],
  },
  retries: [{ serverId: 'bbb1', cause: 'refused' }],
};

describe('explainPlacement', () => {
  const lines = explainPlacement(PLAIN, placement).split('\n');

  it('begins with the meeting, the time, the server and the reason in words', () => {
    expect(lines[0]).to.equal('Meeting math-7b (tenant default), 2025-03-03 08:00:05Z: server bbb2');
    expect(lines[1]).to.equal('bbb1 is the lightest: 45 % of its CPU limit.');
    expect(lines[2]).to.equal('15 people expected');
    expect(lines[3]).to.equal('Policy predicted, reason lowest-load, placement p1.');
  });

  it('lists the candidates best first, those that could not be taken last', () => {
    const rows = lines.slice(6, 9).map((line) => line.trim().split(/\s{2,}/));
    expect(rows.map((row) => row.slice(0, 2))).to.deep.equal([
      ['1', 'bbb1'],
      ['2', 'bbb2'],
      ['-', 'bbb3'],
    ]);
    expect(rows[1]).to.deep.equal(
      [
        '2',
        'bbb2',
        '0.60',
        'cpu',
        '40 %',
        '51 % in 20 min',
        '30 %',
        '10.0 Mbit/s',
        '40',
        '15',
        '3',
        '8 s',
        '2 s',
        'heavier',
      ].concat('60 % of its CPU limit; bbb1 is lighter'),
    );
  });

  it('shows what is unknown as -, never as 0', () => {
    expect(lines[8]).to.match(/^ +- +bbb3 +- +- +- +- +- +- +0 +0 +0 +- +2 s +not-enabled +cordoned$/);
  });

  it('says what the decision was reckoned with, a line each', () => {
    const notes = [
      '23 people for about 45 minutes expected, going by its last 4 sessions',
      'bbb1 has 6 % CPU',
    ];
    const noted = { ...placement, decision: { ...placement.decision, notes } };
    expect(explainPlacement(PLAIN, noted).split('\n').slice(2, 5)).to.deep.equal([
      '23 people for about 45 minutes expected, going by its last 4 sessions',
      'bbb1 has 6 % CPU',
      'Policy predicted, reason lowest-load, placement p1.',
    ]);
  });

  it('ends with what failed on the way', () => {
    expect(lines.slice(-2)).to.deep.equal(['Try 1: bbb1 could not be connected to; moved on.', '']);
  });

  it('does not say of the last try that it moved on where no server took the meeting', () => {
    const retries = ['bbb1', 'bbb2'].map((serverId) => ({ serverId, cause: 'timeout' }));
    const failed = explainPlacement(PLAIN, { ...placement, serverId: undefined, retries });
    expect(failed.split('\n').slice(-3)).to.deep.equal([
      'Try 1: bbb1 did not answer in time; moved on.',
      'Try 2: bbb2 did not answer in time; no other took it.',
      '',
    ]);
  });

  it('is coloured only where that is wanted, and lets no control character through', () => {
    const odd = { ...placement, meetingId: 'x\u001b[31m' };
    expect(explainPlacement(PLAIN, odd)).not.to.include('\u001b');
    expect(explainPlacement({ isColoured: true }, placement)).to.include('\u001b[');
  });
});

describe('renderTable', () => {
  it('aligns by what is seen, not by colour codes', () => {
    const columns = [
      { title: 'A', value: (row: string) => row, tone: () => 'good' as const },
      { title: 'B', value: () => 'b' },
    ];
    // eslint-disable-next-line no-control-regex
    const plain = renderTable({ isColoured: true }, columns, ['1', '333']).replace(/\u001b\[\d+m/g, '');
    expect(plain).to.equal('A    B\n1    b\n333  b\n');
  });

  it('leaves out a column that is empty in every row', () => {
    const columns = [
      { title: 'A', value: (row: string) => row },
      { title: 'NOTE', value: () => '' },
    ];
    expect(renderTable(PLAIN, columns, ['1'])).to.equal('A\n1\n');
  });
});

describe('values for a person', () => {
  it('show the unknown as a dash', () => {
    expect([showRatio(undefined), showLoad(undefined), showAge(undefined)]).to.deep.equal(['-', '-', '-']);
  });

  it('show ages in a unit that fits', () => {
    expect([0, 119, 600, 10_000, 400_000].map(showAge)).to.deep.equal([
      '0 s',
      '119 s',
      '10 min',
      '3 h',
      '5 d',
    ]);
  });
});
