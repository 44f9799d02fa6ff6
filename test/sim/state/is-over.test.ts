import { expect } from 'chai';
import { isOver } from '../../../src/sim/state/is-over.js';
import type { MeetingSettings } from '../../../src/sim/state/sim-meeting.js';

const MINUTE = 60_000;
const CREATED = 1_000 * MINUTE;
const settings: MeetingSettings = {
  name: 'A class',
  attendeePassword: 'ap',
  moderatorPassword: 'mp',
  voiceBridge: '70000',
  dialNumber: '',
  durationMinutes: 0,
  isRecorded: false,
  keepsEvents: false,
  maxUsers: 0,
  guestPolicy: 'ALWAYS_ACCEPT',
  logoutUrl: undefined,
  metadata: new Map(),
  meetingEndedUrl: undefined,
  expireUnjoinedMinutes: 5,
  expireEmptyMinutes: 2,
  breakout: undefined,
};
const unjoined = { createTime: CREATED, startTime: 0, hasUserJoined: false, emptySince: CREATED };
const joined = { ...unjoined, hasUserJoined: true, startTime: CREATED + MINUTE, emptySince: undefined };
const left = { ...joined, emptySince: CREATED + 10 * MINUTE };

describe('isOver', () => {
  for (const [title, meeting, limits, lastMinute] of [
    ['a meeting nobody came to, after its creation', unjoined, {}, 5],
    ['a meeting that all have left, after the last one', left, {}, 12],
    ['a meeting whose duration is over, whoever is in it', joined, { durationMinutes: 30 }, 31],
    ['a meeting that all have left, when its duration is over first', left, { durationMinutes: 10 }, 11],
  ] as const) {
    it(`is true of ${title}`, () => {
      const given = { ...meeting, settings: { ...settings, ...limits } };
      expect(isOver(given, CREATED + lastMinute * MINUTE - 1)).to.equal(false);
      expect(isOver(given, CREATED + lastMinute * MINUTE)).to.equal(true);
    });
  }

  for (const [title, meeting, limits] of [
    ['a meeting with people in it and no duration', joined, {}],
    ['a meeting nobody came to, where that does not expire', unjoined, { expireUnjoinedMinutes: 0 }],
    [
      'a meeting nobody came to, for its duration counts from the first join',
      unjoined,
      {
        expireUnjoinedMinutes: 0,
        durationMinutes: 1,
      },
    ],
    ['a meeting that all have left, where that does not expire', left, { expireEmptyMinutes: 0 }],
  ] as const) {
    it(`is never true of ${title}`, () => {
      const given = { ...meeting, settings: { ...settings, ...limits } };
      expect(isOver(given, CREATED + 10_000 * MINUTE)).to.equal(false);
    });
  }
});
