import { expect } from 'chai';
import type { SeenMeeting } from '../../../src/sim/yardstick/rule.js';
import { runDay } from '../../../src/sim/yardstick/run-day.js';
import { day, HOUR, meeting, MINUTE, ruleOf } from '../../support/small-days.js';

const DEAD = { kind: 'server-dead' as const, serverId: 'a', from: 30 * MINUTE, until: 90 * MINUTE };

describe('a server that dies in a simulated day', () => {
  it('loses its meetings, whose people come back elsewhere', () => {
    const seen: [number, number][] = [];
    const polled = (id: string, meetings: readonly SeenMeeting[] | undefined, now: number): void => {
      if (id === 'b') seen.push([now, meetings?.[0]?.attendees ?? 0]);
    };
    const result = runDay(day({ meetings: [meeting('m', 50)], faults: [DEAD] }), ruleOf({ polled }));
    expect(result).to.include({ created: 2, moved: 1, refused: 0 });
    expect(seen.filter(([at, people]) => at < DEAD.from && people > 0)).to.deep.equal([]);
    expect(seen.find(([at]) => at > DEAD.from + 2 * MINUTE)?.[1]).to.equal(50);
    expect(result.cpu.get('a')![45]).to.equal(0);
    // Each was away between a quarter of a minute and a minute and a quarter.
    expect(result.attendeeMinutes).to.be.within(50 * (60 - 1.3), 50 * (60 - 0.2));
  });

  it('answers no polls and sends no samples until it is back, empty', () => {
    const answers = new Map<number, number | undefined>();
    const samples: number[] = [];
    runDay(
      day({ meetings: [meeting('m', 50)], faults: [DEAD] }),
      ruleOf({
        polled: (id, meetings, now) => {
          if (id === 'a') answers.set(Math.floor(now / MINUTE), meetings?.length);
        },
        sampled: ({ serverId, at }) => {
          if (serverId === 'a') samples.push(at);
        },
      }),
    );
    expect([answers.get(20), answers.get(40), answers.get(100)]).to.deep.equal([1, undefined, 0]);
    expect(samples.filter((at) => at > DEAD.from && at < DEAD.until)).to.deep.equal([]);
  });

  it('keeps its meetings until the rule has given it up', () => {
    const failed: number[] = [];
    const result = runDay(
      day({ meetings: [meeting('m', 10)], faults: [DEAD] }),
      ruleOf({
        createFailed: (_id, now) => void failed.push(now),
        hasGivenUp: (_id, now) => now > DEAD.from + 5 * MINUTE,
      }),
    );
    expect(result).to.include({ created: 2, moved: 1, refused: 1 });
    expect(failed.filter((at) => at < DEAD.from + 5 * MINUTE)).to.have.length.within(9, 10);
  });

  it('gets its meetings back when it returns before the rule gives it up', () => {
    const brief = { ...DEAD, until: DEAD.from + 3 * MINUTE };
    const result = runDay(
      day({ meetings: [meeting('m', 10)], faults: [brief] }),
      ruleOf({ hasGivenUp: () => false }),
    );
    expect(result).to.include({ created: 2, moved: 0, refused: 1 });
    expect(result.cpu.get('a')![50]).to.be.greaterThan(0.03);
  });

  it('costs a rule without a second choice each new meeting that it sends there', () => {
    const meetings = [meeting('m', 10, { createdAt: 40 * MINUTE, endsAt: HOUR })];
    const one = runDay(day({ meetings, faults: [DEAD] }), ruleOf({ rank: () => ['a'] }));
    expect(one).to.include({ created: 0, refused: 1, attendeeMinutes: 0 });
    const two = runDay(day({ meetings, faults: [DEAD] }), ruleOf({ rank: () => ['a', 'b'] }));
    expect(two).to.include({ created: 1, refused: 0, moved: 0 });
  });

  it('makes people wait ten minutes at most for a refused meeting', () => {
    const tries: number[] = [];
    const late = meeting('m', 10, { createdAt: 5 * MINUTE });
    const refuse = ruleOf({ rank: (_meeting, now) => (tries.push(now), []) });
    expect(runDay(day({ meetings: [late] }), refuse)).to.include({ created: 0, refused: 1 });
    expect(tries).to.have.length(21);
    expect(tries.at(-1)).to.equal(15 * MINUTE);
    const relent = ruleOf({ rank: (_meeting, now) => (now < 8 * MINUTE ? [] : ['a']) });
    const result = runDay(day({ meetings: [late] }), relent);
    expect(result).to.include({ created: 1, refused: 1 });
    expect(result.attendeeMinutes).to.be.within(10 * 51, 10 * 52);
  });

  it('fails loudly when a rule names a server that there is not', () => {
    const rule = ruleOf({ rank: () => ['nowhere'] });
    expect(() => runDay(day({ meetings: [meeting('m', 1)] }), rule)).to.throw('nowhere');
  });
});
