import { expect } from 'chai';
import { schoolDay } from '../../../src/sim/yardstick/days/school-day.js';
import type { SeenMeeting, SeenSample } from '../../../src/sim/yardstick/rule.js';
import { RULE_KINDS } from '../../../src/sim/yardstick/rules/registry.js';
import { roundRobin } from '../../../src/sim/yardstick/rules/round-robin.js';
import { runDay } from '../../../src/sim/yardstick/run-day.js';
import { day, host, HOUR, meeting, MINUTE, ruleOf } from '../../support/small-days.js';

describe('runDay', () => {
  it('gives the same result for the same seed, another for another', () => {
    const rule = RULE_KINDS.find(({ name }) => name === 'b3lb')!;
    const first = runDay(schoolDay.make(3), rule);
    expect(runDay(schoolDay.make(3), rule)).to.deep.equal(first);
    expect(runDay(schoolDay.make(4), rule).attendeeMinutesAbove80).to.not.equal(first.attendeeMinutesAbove80);
  });

  it('makes CPU of idle, people, cameras, weight, cores, their speed and jobs', () => {
    const people = [
      { arrivesAt: 0, leavesAt: HOUR, media: 'video' as const },
      { arrivesAt: 0, leavesAt: HOUR, media: 'voice' as const },
      ...Array.from({ length: 98 }, () => ({ arrivesAt: 0, leavesAt: HOUR, media: 'listening' as const })),
    ];
    const result = runDay(
      day({
        hosts: [host('a', { cores: 4, coreSpeed: 1.25 })],
        meetings: [meeting('m', 0, { attendees: people, weight: 1.5 })],
        jobs: [{ serverId: 'a', from: 30 * MINUTE, until: 40 * MINUTE, cpu: 0.1 }],
      }),
      ruleOf(),
    );
    // 100 people, 2 voices, one camera that 100 watch; 5 usual cores.
    const cpu = (0.2 + 1.5 * (100 * 0.014 + 2 * 0.006 + 100 * 0.001)) / 5;
    const course = result.cpu.get('a')!;
    expect(course[10]).to.be.closeTo(cpu, 1e-9);
    expect(course[35]).to.be.closeTo(cpu + 0.1, 1e-9);
    expect(course[90]).to.be.closeTo(0.2 / 5, 1e-9);
    expect(course).to.have.length(120);
    expect(result.highestCpu).to.be.closeTo(cpu + 0.1, 1e-9);
  });

  it('is never busier than wholly, and counts who sat there and for how long', () => {
    const crowd = meeting('m', 700, { createdAt: 10 * MINUTE, endsAt: 40 * MINUTE });
    const result = runDay(day({ meetings: [crowd] }), ruleOf());
    expect(result).to.include({ highestCpu: 1, serverMinutesAbove80: 30, serverMinutesAbove95: 30 });
    expect(result).to.include({ attendeesOverloaded: 700, created: 1, refused: 0, moved: 0 });
    expect(result.attendeeMinutes).to.be.closeTo(700 * 30, 1e-6);
    expect(result.attendeeMinutesAbove80).to.be.closeTo(700 * 30, 1e-6);
  });

  it('keeps everyone of a whole school day on some server for as long as planned', () => {
    const school = schoolDay.make(1);
    const planned = school.meetings
      .flatMap(({ attendees }) => attendees)
      .reduce((sum, { arrivesAt, leavesAt }) => sum + leavesAt - arrivesAt, 0);
    let joins = 0;
    const last = new Map<string, readonly SeenMeeting[]>();
    const result = runDay(school, {
      ...roundRobin,
      start: (given) => ({
        ...roundRobin.start(given),
        joined: () => void (joins += 1),
        polled: (id, meetings) => void last.set(id, meetings ?? []),
      }),
    });
    expect(result.attendeeMinutes).to.be.closeTo(planned / MINUTE, 1);
    expect(joins).to.equal(school.meetings.reduce((sum, { attendees }) => sum + attendees.length, 0));
    expect(result.created).to.equal(school.meetings.length);
    expect([...last.values()].flat().filter(({ attendees }) => attendees > 0)).to.deep.equal([]);
  });

  it('shows a poll who is there, by what they do', () => {
    const attendees = [
      { arrivesAt: 0, leavesAt: HOUR, media: 'video' as const },
      { arrivesAt: 0, leavesAt: 20 * MINUTE, media: 'voice' as const },
      { arrivesAt: 10 * MINUTE, leavesAt: HOUR, media: 'listening' as const },
    ];
    const seen = new Map<number, SeenMeeting | undefined>();
    const polled = (id: string, meetings: readonly SeenMeeting[] | undefined, now: number): void => {
      if (id === 'a') seen.set(Math.floor(now / MINUTE), meetings?.[0]);
    };
    runDay(day({ meetings: [meeting('m', 0, { attendees })] }), ruleOf({ polled }));
    const counts = { tenantId: 't', meetingId: 'm', createdAt: 0, moderators: 1 };
    expect(seen.get(5)).to.deep.equal({ ...counts, attendees: 2, listeners: 0, voice: 2, video: 1 });
    expect(seen.get(15)).to.deep.equal({ ...counts, attendees: 3, listeners: 1, voice: 2, video: 1 });
    expect(seen.get(25)).to.deep.equal({ ...counts, attendees: 2, listeners: 1, voice: 1, video: 1 });
    expect(seen.get(65)).to.equal(undefined);
  });

  it('shows polls the very same list until something on the server changes', () => {
    const lists = new Set<readonly SeenMeeting[]>();
    const polled = (id: string, meetings: readonly SeenMeeting[] | undefined): void => {
      if (id === 'a' && meetings) lists.add(meetings);
    };
    const attendees = [{ arrivesAt: 30 * MINUTE, leavesAt: 40 * MINUTE, media: 'voice' as const }];
    const meetings = [meeting('m', 0, { createdAt: 10 * MINUTE, endsAt: 50 * MINUTE, attendees })];
    runDay(day({ meetings }), ruleOf({ polled }));
    // Nothing, a meeting, somebody in it, nobody in it, nothing.
    expect([...lists].map((list) => list.map((one) => one.attendees))).to.deep.equal([[], [0], [1], [0], []]);
  });

  it('samples each host every ten seconds with noise around its mean, the same for every rule', () => {
    const samplesUnder = (over: Parameters<typeof ruleOf>[0]): SeenSample[] => {
      const samples: SeenSample[] = [];
      const sampled = (sample: SeenSample): void => void samples.push(sample);
      runDay(day({ meetings: [meeting('m', 300)] }), ruleOf({ ...over, sampled }));
      return samples;
    };
    const there = samplesUnder({ rank: () => ['a'] });
    const elsewhere = samplesUnder({ rank: () => ['b'] });
    expect(there.length).to.be.within(1_400, 1_440);
    const [first, second] = [there, elsewhere].map((all) => all.filter(({ serverId }) => serverId === 'a'));
    const during = first!.filter(({ at }) => at > 20_000 && at < HOUR);
    const cpu = (0.2 + 300 * 0.014) / 8;
    const mean = during.reduce((sum, sample) => sum + sample.cpu, 0) / during.length;
    expect(mean).to.be.closeTo(cpu, 0.01);
    expect(new Set(during.map((sample) => sample.cpu)).size).to.be.greaterThan(during.length / 2);
    // What is left once the people are divided out is the noise.
    const ofNoise = (samples: readonly SeenSample[], truth: number): number[] =>
      samples.filter(({ at }) => at > 20_000 && at < HOUR).map((sample) => sample.cpu / truth - 1);
    const [one, other] = [ofNoise(first!, cpu), ofNoise(second!, 0.2 / 8)];
    one.forEach((noise, index) => {
      expect(noise).to.be.closeTo(other[index]!, 1e-6);
    });
  });

  it('loses samples while told to, and those of that server alone', () => {
    const at = new Map<string, number[]>([['a', []], ['b', []]]); // prettier-ignore
    const sampled = (sample: SeenSample): void => void at.get(sample.serverId)?.push(sample.at);
    const lost = { kind: 'samples-lost' as const, serverId: 'b', from: 30 * MINUTE, until: 50 * MINUTE };
    runDay(day({ faults: [lost] }), ruleOf({ sampled }));
    const during = (id: string): number => at.get(id)!.filter((t) => t >= lost.from && t < lost.until).length;
    expect(during('b')).to.equal(0);
    expect(during('a')).to.be.greaterThan(110);
  });

  it('counts the most that one server got within any minute', () => {
    const meetings = [0, 10, 50, 65, 69, 200].map((s, index) =>
      meeting(`m${index}`, 1, { createdAt: s * 1_000 }),
    );
    expect(runDay(day({ meetings }), ruleOf()).mostPlacedInAMinute).to.equal(4);
  });

  it('says how far the busiest server lies above the mean at the peak', () => {
    const { spreadAtPeak } = runDay(day({ meetings: [meeting('m', 200)] }), ruleOf());
    const [busy, idle] = [(0.2 + 200 * 0.014) / 8, 0.2 / 8];
    expect(spreadAtPeak).to.be.closeTo(busy / ((busy + idle) / 2), 1e-9);
  });
});
