import { expect } from 'chai';
import type { RecordedDay } from '../../../src/sim/yardstick/recorded-day.js';
import { AS_IT_WAS, replayOf } from '../../../src/sim/yardstick/replay.js';
import { coresOf, countMedia } from '../../../src/sim/yardstick/host-physics.js';
import { runDay } from '../../../src/sim/yardstick/run-day.js';
import { simulator } from '../../../src/sim/yardstick/simulate.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const MIDNIGHT = Date.UTC(2025, 2, 3);

function sessionAt(index: number): RecordedDay['sessions'][number] {
  const startedAt = MIDNIGHT + 8 * HOUR + index * 5 * MINUTE;
  return {
    ...{ tenantId: 'default', meetingId: `room-${index % 12}`, serverId: `bbb${(index % 3) + 1}`, startedAt },
    ...{ endedAt: startedAt + 40 * MINUTE, maxAttendees: (7 * index) % 40 },
  };
}

function recordedDay(changes: Partial<RecordedDay> = {}): RecordedDay {
  return {
    ...{ kind: 'ballast-recorded-day', version: 1, midnight: MIDNIGHT, refused: 0, unfinished: 0 },
    ...{ from: MIDNIGHT + 7 * HOUR, until: MIDNIGHT + 12 * HOUR },
    servers: [{ id: 'bbb1', cores: 4 }, { id: 'bbb2' }],
    sessions: Array.from({ length: 24 }, (_, index) => sessionAt(index)),
    history: [],
    ...changes,
  };
}

describe('replayOf', () => {
  it('does as it was: each meeting on its recorded server, with as many people for as long', () => {
    const { day, asItWas } = replayOf(recordedDay());
    const placed: (readonly [string, string, number])[] = [];
    const result = runDay(day, {
      ...asItWas,
      start: (given) => ({
        ...asItWas.start(given),
        placed: (serverId, { meetingId }, now) => placed.push([meetingId, serverId, now + MIDNIGHT]),
      }),
    });
    const expected = recordedDay().sessions.map(({ meetingId, serverId, startedAt }) => [
      meetingId,
      serverId,
      startedAt,
    ]);
    expect(placed).to.deep.equal(expected);
    expect(result).to.include({ rule: AS_IT_WAS, created: 24, refused: 0, moved: 0 });
    for (const [index, meeting] of day.meetings.entries()) {
      expect(meeting.attendees).to.have.length((7 * index) % 40);
      expect(meeting.endsAt - meeting.createdAt).to.equal(40 * MINUTE);
      for (const { arrivesAt, leavesAt } of meeting.attendees) {
        expect(arrivesAt).to.be.within(meeting.createdAt, meeting.endsAt);
        expect(leavesAt).to.equal(meeting.endsAt);
      }
    }
  });

  it('makes the same day of the same record and seed, in whatever order it was read', () => {
    const turned = recordedDay({ sessions: [...recordedDay().sessions].reverse() });
    expect(replayOf(turned, 3).day).to.deep.equal(replayOf(recordedDay(), 3).day);
    expect(replayOf(recordedDay(), 4).day).not.to.deep.equal(replayOf(recordedDay(), 3).day);
  });

  it('takes part with the servers that are there and with those that are gone', () => {
    const { day, assumptions } = replayOf(recordedDay({ unfinished: 2, refused: 3 }));
    expect(day.hosts.map(({ id, cores }) => [id, cores])).to.deep.equal([
      ['bbb1', 4],
      ['bbb2', 8],
      ['bbb3', 8],
    ]);
    const text = assumptions.join('\n');
    for (const part of ['1 of 2 servers', 'bbb3', '2 meetings', '3 creates', 'no cost was learnt']) {
      expect(text).to.include(part);
    }
  });

  it('lets people cost what was learnt', () => {
    const { day, assumptions } = replayOf(recordedDay({ coresPerPerson: 0.05 }));
    expect(assumptions.join('\n')).to.include('0.050 cores');
    for (const { attendees, weight } of day.meetings) {
      const nobody = { people: 0, voice: 0, video: 0 };
      const all = attendees.reduce((counts, { media }) => countMedia(counts, media, 1), nobody);
      expect(coresOf(all, weight)).to.be.closeTo(0.05 * attendees.length, 1e-9);
    }
  });

  it('ends with sessions that went on for weeks still running', () => {
    const endless = { ...sessionAt(0), meetingId: 'endless', endedAt: MIDNIGHT + 900 * 24 * HOUR };
    const { day, asItWas, assumptions } = replayOf(recordedDay({ sessions: [endless, sessionAt(1)] }));
    expect(day.until).to.be.at.most(37 * HOUR);
    expect(runDay(day, asItWas).created).to.equal(2);
    expect(assumptions.join('\n')).to.include('1 meeting that went on');
  });

  it('says what of the pool it leaves out', () => {
    expect(replayOf(recordedDay()).assumptions.join('\n')).to.match(/multipliers.*tags.*limits/i);
  });

  it('leaves out sessions that ended as they began', () => {
    const never = { ...sessionAt(0), meetingId: 'never', endedAt: sessionAt(0).startedAt };
    const { day } = replayOf(recordedDay({ sessions: [never, sessionAt(1)] }));
    expect(day.meetings.map(({ meetingId }) => meetingId)).to.deep.equal(['room-1']);
  });
});

describe('simulator.replay', () => {
  const run = { own: [], rules: ['clairvoyant'], seeds: 1, wantsCharts: false };
  // All on one server: any rule does better.
  const sessions = recordedDay().sessions.map((session) => ({ ...session, serverId: 'bbb1' }));
  const recorded = recordedDay({ sessions, coresPerPerson: 0.06, servers: [{ id: 'bbb1' }, { id: 'bbb2' }] });

  it('sets what was done beside what rules and settings would have done', async () => {
    const own = [{ name: 'mine', policy: 'fewest-attendees', settings: { defaultMeetingSize: 25 } }] as const;
    const { summaries, assumptions } = await simulator.replay({ ...run, own, recorded });
    expect(summaries.map(({ rule }) => rule)).to.deep.equal([AS_IT_WAS, 'mine', 'clairvoyant']);
    const [was, mine, clairvoyant] = summaries.map(({ means }) => means.attendeeMinutesAbove80);
    expect(was).to.be.greaterThan(0);
    expect(mine).to.be.lessThan(was ?? 0);
    expect(clairvoyant).to.be.at.most(mine ?? 0);
    expect(assumptions).not.to.deep.equal([]);
  });

  it('answers the same twice, and stops when told', async () => {
    const { summaries } = await simulator.replay({ ...run, recorded, rules: ['predicted', 'b3lb'] });
    const again = await simulator.replay({ ...run, recorded, rules: ['predicted', 'b3lb'] });
    expect(again.summaries).to.deep.equal(summaries);
    const signal = AbortSignal.abort(new Error('stopped by a test'));
    const stopped = await simulator.replay({ ...run, recorded, signal }).catch((error: unknown) => error);
    expect(String(stopped)).to.include('stopped by a test');
  });
});

describe('simulator.parseRecordedDay', () => {
  it('reads what was written', () => {
    expect(simulator.parseRecordedDay(JSON.stringify(recordedDay()))).to.deep.equal(recordedDay());
  });

  const broken: readonly (readonly [string, unknown, RegExp])[] = [
    ['text that is no JSON', '{', /no JSON/],
    ['another file', '{"servers":[]}', /kind/],
    ['a later version', JSON.stringify({ ...recordedDay(), version: 2 }), /version/],
    [
      'a negative size',
      JSON.stringify({ ...recordedDay(), sessions: [{ ...sessionAt(0), maxAttendees: -1 }] }),
      /maxAttendees/,
    ],
    ['an end before the begin', JSON.stringify({ ...recordedDay(), until: MIDNIGHT }), /until/],
    ['a time of years', JSON.stringify({ ...recordedDay(), until: 1e15 }), /until/],
    ['another midnight', JSON.stringify({ ...recordedDay(), midnight: 0 }), /midnight/],
    [
      'a session that did not begin in that time',
      JSON.stringify({ ...recordedDay(), sessions: [{ ...sessionAt(0), startedAt: MIDNIGHT }] }),
      /sessions/,
    ],
    [
      'more people than a day can hold',
      JSON.stringify({
        ...recordedDay(),
        sessions: Array.from({ length: 60 }, () => ({ ...sessionAt(0), maxAttendees: 100_000 })),
      }),
      /people/,
    ],
    ['a server of no core', JSON.stringify({ ...recordedDay(), servers: [{ id: 'a', cores: 0 }] }), /cores/],
  ];
  for (const [what, text, message] of broken) {
    it(`refuses ${what} and names it`, () => {
      expect(() => simulator.parseRecordedDay(String(text))).to.throw(message);
    });
  }
});
