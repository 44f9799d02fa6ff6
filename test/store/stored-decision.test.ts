import { expect } from 'chai';
import { storedDecision } from '../../src/store/stored-decision.js';

describe('storedDecision', () => {
  it('reads what version 0.1 wrote, without what was not kept then', () => {
    const candidate = {
      ...{ id: 'bbb1', verdict: 'chosen', detail: '42 % of its CPU limit', load: 0.42, bound: 'cpu' },
      ...{ cpu: 0.31, predictedCpu: 0.36, memory: 0.5, networkBytesPerSecond: null, attendees: 40 },
      ...{ reservedAttendees: 12.5, meetings: 3, sampleAgeMs: 4_000, pollAgeMs: null, rank: 1 },
    };
    const decision = { ranking: ['bbb1'], reason: 'lowest-load', explanation: 'bbb1: 31 % CPU now' };
    const read = storedDecision.parse({ ...decision, candidates: [candidate] });
    expect(read).to.deep.equal({
      ...decision,
      candidates: [{ ...candidate, networkBytesPerSecond: undefined, pollAgeMs: undefined }],
    });
    expect([read.notes, read.expectation, read.candidates[0]?.predictedInMs]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('keeps words that a later version may have added', () => {
    const decision = { ranking: [], reason: 'moon-phase', explanation: '', candidates: [] };
    expect(storedDecision.parse(decision).reason).to.equal('moon-phase');
  });
});
