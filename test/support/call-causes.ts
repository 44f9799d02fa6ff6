import { until } from './app-rig.js';
import { type CountedCause, hasHealth, hasPolledMeetings, ONE, POLLED, TWO } from './counted-cause.js';
import { scrape } from './series-moved.js';
import { callBbb } from './sim-client.js';

const JOIN = { meetingID: 'class', fullName: 'A', password: 'ap', redirect: 'false' };

/** Why other calls were refused, failed, or were answered from an older poll, and what is mended behind them. */
export const CALL_CAUSES: readonly CountedCause[] = [
  {
    cause: 'a checksum is wrong',
    options: ONE,
    when: (rig) => rig.call('create', { meetingID: 'class' }, { secret: 'another' }),
    moves: { 'api_failures_total{call="create",key="checksumError"}': 1 },
  },
  {
    cause: 'an address sends too many wrong checksums',
    options: { ...ONE, settings: { ...ONE.settings, checksum: { failuresPerMinute: 1 } } },
    given: (rig) => rig.call('create', { meetingID: 'class' }, { secret: 'another' }),
    when: (rig) => rig.call('create', { meetingID: 'class' }, { secret: 'another' }),
    moves: { 'api_failures_total{call="create",key="tooManyFailedChecksums"}': 1 },
  },
  {
    cause: 'the path names no tenant',
    options: ONE,
    when: (rig) => rig.call('create', { meetingID: 'class' }, { tenant: 'nobody' }),
    moves: { 'api_failures_total{call="create",key="unknownTenant"}': 1 },
  },
  {
    cause: 'a call is unknown',
    options: ONE,
    when: (rig) => rig.call('getJoinUrl', { meetingID: 'class' }),
    moves: { 'api_failures_total{call="other",key="unsupportedRequest"}': 1 },
  },
  {
    cause: 'a parameter is missing',
    options: ONE,
    when: (rig) => rig.call('create', { name: 'A class' }),
    moves: { 'api_failures_total{call="create",key="missingParamMeetingID"}': 1 },
  },
  {
    cause: 'a presentation is too large',
    options: { ...ONE, settings: { ...ONE.settings, body: { maxSize: '1KiB' } } },
    when: (rig) =>
      rig.call('create', { meetingID: 'class' }, { body: 'x'.repeat(2_000), contentType: 'application/xml' }),
    moves: { 'api_failures_total{call="create",key="requestTooLarge"}': 1 },
  },
  {
    cause: 'someone joins a meeting that nobody knows',
    options: ONE,
    when: (rig) => rig.call('join', { meetingID: 'nowhere', fullName: 'A', password: 'ap' }),
    moves: { 'api_failures_total{call="join",key="invalidMeetingIdentifier"}': 1 },
  },
  {
    cause: 'someone joins a meeting whose server is offline',
    options: POLLED,
    given: async (rig) => {
      await rig.create('class');
      await rig.sims[0]!.refuse();
      await until('it is offline', () => hasHealth(rig, 'bbb1', 'offline'));
    },
    when: (rig) => rig.call('join', { meetingID: 'class', fullName: 'A', password: 'ap' }),
    moves: { 'api_failures_total{call="join",key="serverUnavailable"}': 1 },
  },
  {
    cause: 'a server turns a relayed join away by a redirect',
    options: ONE,
    given: async (rig) => {
      await rig.create('class', { maxParticipants: 1 });
      await rig.call('join', JOIN);
    },
    when: (rig) => rig.call('join', { ...JOIN, fullName: 'B' }),
    moves: { 'api_failures_total{call="join",key="maxParticipantsReached"}': 1 },
  },
  {
    cause: 'a status is asked of a server that does not answer, and the last poll tells it',
    options: POLLED,
    given: async (rig) => {
      await rig.create('class');
      await until('a poll has seen it', () => hasPolledMeetings(rig, 'bbb1'));
      rig.sims[0]!.faults.set('getMeetingInfo', { kind: 'reset' });
    },
    when: (rig) => rig.call('getMeetingInfo', { meetingID: 'class' }),
    moves: { 'api_stale_answers_total{call="getMeetingInfo"}': 1 },
  },
  {
    cause: 'a meeting is to end on a server that does not answer',
    options: ONE,
    given: async (rig) => {
      await rig.create('class');
      rig.sims[0]!.faults.set('end', { kind: 'reset' });
    },
    when: (rig) => rig.call('end', { meetingID: 'class', password: 'mp' }),
    moves: { 'api_failures_total{call="end",key="serverUnavailable"}': 1 },
  },
  {
    cause: 'the list of meetings lacks the newest of a server that fails',
    options: TWO,
    given: async (rig) => {
      await rig.create('class');
      for (const sim of rig.sims) sim.faults.set('getMeetings', { kind: 'reset' });
    },
    when: (rig) => rig.call('getMeetings'),
    moves: { 'api_stale_answers_total{call="getMeetings"}': 1 },
  },
  {
    cause: 'a recording cannot be looked for on every server',
    options: TWO,
    given: async ({ sims }) => {
      sims[0]!.faults.set('getRecordings', { kind: 'reset' });
    },
    when: (rig) => rig.call('getRecordings'),
    moves: { 'api_failures_total{call="getRecordings",key="serverUnavailable"}': 1 },
  },
  {
    cause: 'a meeting was made on a server behind its back',
    options: POLLED,
    given: ({ sims }) => callBbb(sims[0]!, 'create', 'name=A+class&meetingID=direct'),
    when: (rig) =>
      until('it is known', async () => (await scrape(rig.app)).has('meetings_adopted_total{server="bbb1"}')),
    moves: { 'meetings_adopted_total{server="bbb1"}': 1 },
  },
  {
    cause: 'a meeting was made a second time on another server behind its back',
    options: { ...POLLED, servers: [{ tags: ['first'] }, {}] },
    given: async (rig) => {
      await rig.create('class', { 'meta_server-tag': 'first' });
      await callBbb(rig.sims[1]!, 'create', 'name=A+class&meetingID=class');
    },
    when: (rig) =>
      until('it is ended', async () =>
        (await scrape(rig.app)).has('copies_ended_total{server="bbb2",outcome="ended"}'),
      ),
    moves: {
      'copies_ended_total{server="bbb2",outcome="ended"}': 1,
      'meeting_splits_total{server="bbb2"}': 1,
    },
  },
];
