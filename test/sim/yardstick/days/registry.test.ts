import { expect } from 'chai';
import type { Day } from '../../../../src/sim/yardstick/day.js';
import { DAY_KINDS } from '../../../../src/sim/yardstick/days/registry.js';
import { coresAt } from '../../../../src/sim/yardstick/days/timetable.js';
import { capacityOf } from '../../../../src/sim/yardstick/host-physics.js';
import { clairvoyant } from '../../../../src/sim/yardstick/rules/clairvoyant.js';
import { roundRobin } from '../../../../src/sim/yardstick/rules/round-robin.js';
import { prepareDay } from '../../../../src/sim/yardstick/prepare-day.js';
import { runDay } from '../../../../src/sim/yardstick/run-day.js';

const HOUR = 3_600_000;
const made = new Map<string, Day>();

function dayOf(name: string, seed: number): Day {
  const key = `${name} ${seed}`;
  const day = made.get(key) ?? DAY_KINDS.find((kind) => kind.name === name)!.make(seed);
  made.set(key, day);
  return day;
}

function people({ meetings }: Day): number {
  return meetings.reduce((sum, { attendees }) => sum + attendees.length, 0);
}

function inOrder(times: readonly number[]): boolean {
  return times.every((time, index) => index === 0 || time >= times[index - 1]!);
}

for (const { name } of DAY_KINDS) {
  describe(`the day ${name}`, () => {
    it('is the same for the same seed, another for another', () => {
      const kind = DAY_KINDS.find((one) => one.name === name)!;
      // As text: a deep comparison of 70,000 people takes seconds.
      expect(JSON.stringify(kind.make(1)) === JSON.stringify(dayOf(name, 1))).to.equal(true);
      expect(people(dayOf(name, 2))).to.not.equal(people(dayOf(name, 1)));
    });

    for (const seed of [1, 2]) {
      it(`holds together (seed ${seed})`, () => {
        const day = dayOf(name, seed);
        const hosts = new Set(day.hosts.map(({ id }) => id));
        expect(hosts.size).to.equal(day.hosts.length);
        expect(inOrder(day.meetings.map(({ createdAt }) => createdAt))).to.equal(true);
        expect(inOrder(day.history.map(({ endedAt }) => endedAt))).to.equal(true);
        for (const meeting of day.meetings) {
          expect(meeting.createdAt).to.be.at.least(day.from);
          expect(meeting.endsAt).to.be.within(meeting.createdAt, day.until);
          expect(meeting.attendees.length).to.be.at.least(2);
          expect(inOrder(meeting.attendees.map(({ arrivesAt }) => arrivesAt))).to.equal(true);
          const isAtHome = meeting.attendees.every(
            ({ arrivesAt, leavesAt }) =>
              meeting.createdAt <= arrivesAt && arrivesAt <= leavesAt && leavesAt <= meeting.endsAt,
          );
          expect(isAtHome).to.equal(true);
          expect(meeting.weight).to.be.within(0.5, 2);
        }
        expect(
          day.history.every(({ startedAt, endedAt }) => startedAt < endedAt && endedAt < day.from),
        ).to.equal(true);
        expect(day.jobs.every(({ serverId, from, until }) => hosts.has(serverId) && from < until)).to.equal(
          true,
        );
      });
    }

    it('never has a room meet twice at once', () => {
      const endsAt = new Map<string, number>();
      for (const { tenantId, meetingId, createdAt, endsAt: end } of dayOf(name, 1).meetings) {
        const key = `${tenantId} ${meetingId}`;
        expect(createdAt).to.be.at.least(endsAt.get(key) ?? -Infinity, key);
        endsAt.set(key, end);
      }
    });

    it('has rooms that are known, rooms that are new, and hints from some', () => {
      const day = dayOf(name, 1);
      const known = new Set(day.history.map(({ tenantId, meetingId }) => `${tenantId} ${meetingId}`));
      const isNew = day.meetings.filter((one) => !known.has(`${one.tenantId} ${one.meetingId}`));
      expect(isNew.length / day.meetings.length).to.be.within(0.08, 0.25);
      const hinted = day.meetings.filter(({ sizeHint }) => sizeHint !== undefined);
      expect(hinted.length / day.meetings.length).to.be.within(0.1, 0.6);
    });

    it('needs more than half, never all of the pool at its peak', () => {
      const day = dayOf(name, 1);
      const capacity = day.hosts.reduce((sum, host) => sum + capacityOf(host), 0);
      let highest = 0;
      for (let at = day.from; at < day.until; at += HOUR / 6) {
        highest = Math.max(
          highest,
          day.meetings.reduce((sum, meeting) => sum + coresAt(meeting, at), 0),
        );
      }
      expect(highest / capacity).to.be.within(0.35, 0.75);
    });

    it('is carried no worse by the clairvoyant than by round robin', () => {
      const day = dayOf(name, 1);
      const prepared = prepareDay(day);
      const [best, turn] = [clairvoyant, roundRobin].map((rule) => runDay(day, rule, { prepared }));
      expect(best!.attendeeMinutesAbove80).to.be.at.most(turn!.attendeeMinutesAbove80);
      expect(turn!.attendeeMinutesAbove80).to.be.greaterThan(0);
    }).timeout(30_000);
  });
}

describe('what is hard about each day', () => {
  it('storm: 200 creates within 60 s', () => {
    const times = dayOf('storm', 1).meetings.map(({ createdAt }) => createdAt);
    expect(times.filter((at) => at >= 10 * HOUR && at < 10 * HOUR + 60_000)).to.have.length(200);
  });

  it('university: 100 servers and about 2,000 meetings', () => {
    expect(dayOf('university', 1).hosts).to.have.length(100);
    expect(dayOf('university', 1).meetings.length).to.be.within(1_700, 2_400);
  });

  it('mixed-hardware: 4 to 32 cores of different speed', () => {
    const { hosts } = dayOf('mixed-hardware', 1);
    expect([...new Set(hosts.map(({ cores }) => cores))]).to.have.members([4, 8, 16, 32]);
    expect(hosts.every(({ coreSpeed }) => coreSpeed >= 0.8 && coreSpeed <= 1.2)).to.equal(true);
  });

  it('noisy-neighbour: heavy jobs on about a third of the hosts', () => {
    const { jobs } = dayOf('noisy-neighbour', 1);
    const heavy = jobs.filter(({ cpu }) => cpu >= 0.2);
    expect(new Set(heavy.map(({ serverId }) => serverId)).size).to.be.within(3, 13);
    expect(
      heavy.every(({ from, until, cpu }) => cpu <= 0.45 && until - from >= HOUR / 3 && until - from <= HOUR),
    ).to.equal(true);
  });

  it('many-small and few-huge: sizes as they say', () => {
    const sizes = (name: string): number[] =>
      dayOf(name, 1).meetings.map(({ attendees }) => attendees.length);
    expect(Math.max(...sizes('many-small'))).to.be.at.most(9);
    const huge = sizes('few-huge').filter((size) => size >= 120);
    expect(huge.length).to.be.within(8, 80);
  });
});
