import { connect } from 'node:net';
import { checksumOf } from '../../src/sim/checksum.js';
import { type AppRig, RIG_SECRET, until } from './app-rig.js';
import { type CountedCause, hasHealth, hasPolledMeetings, ONE, POLLED, TWO } from './counted-cause.js';
import { scrape } from './series-moved.js';
import { callBbb } from './sim-client.js';

const JOIN = { meetingID: 'class', fullName: 'A', password: 'ap', redirect: 'false' };

/** A create whose body never comes whole. */
async function breakOff(rig: AppRig): Promise<void> {
  const query = 'meetingID=class&name=A+class';
  const checksum = checksumOf('sha256', 'create', query, RIG_SECRET);
  const { hostname, port } = new URL(rig.app.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /bigbluebutton/api/create?${query}&checksum=${checksum} HTTP/1.1\r\nHost: x\r\n` +
      'Content-Type: application/xml\r\nContent-Length: 1000\r\n\r\n<modules>',
  );
  const inFlight = async (): Promise<number | undefined> =>
    (await scrape(rig.app)).get('api_requests_in_flight');
  await until('it has come', async () => (await inFlight()) === 1);
  socket.destroy();
  await until('it is given up', async () => (await inFlight()) === 0);
}

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
      rig.sims[0]!.faults.set('getMeetingInfo', { kind: 'html' });
    },
    when: (rig) => rig.call('getMeetingInfo', { meetingID: 'class' }),
    moves: { 'api_stale_answers_total{call="getMeetingInfo"}': 1 },
  },
  {
    cause: 'a meeting is to end on a server that does not answer',
    options: ONE,
    given: async (rig) => {
      await rig.create('class');
      rig.sims[0]!.faults.set('end', { kind: 'html' });
    },
    when: (rig) => rig.call('end', { meetingID: 'class', password: 'mp' }),
    moves: { 'api_failures_total{call="end",key="serverUnavailable"}': 1 },
  },
  {
    cause: 'the list of meetings lacks the newest of a server that fails',
    options: TWO,
    given: async (rig) => {
      await rig.create('class');
      for (const sim of rig.sims) sim.faults.set('getMeetings', { kind: 'html' });
    },
    when: (rig) => rig.call('getMeetings'),
    moves: { 'api_stale_answers_total{call="getMeetings"}': 1 },
  },
  {
    cause: 'a recording cannot be looked for on every server',
    options: TWO,
    given: async ({ sims }) => {
      sims[0]!.faults.set('getRecordings', { kind: 'html' });
    },
    when: (rig) => rig.call('publishRecordings', { recordID: 'unknown', publish: true }),
    moves: { 'api_failures_total{call="publishRecordings",key="serverUnavailable"}': 1 },
  },
  {
    cause: 'the client goes away before its presentation has come whole',
    options: ONE,
    when: breakOff,
    moves: { 'api_failures_total{call="create",key="clientGone"}': 1 },
  },
  {
    cause: 'a server had closed the connection kept open to it, and is asked over another',
    options: ONE,
    given: async (rig) => {
      await rig.create('class');
      rig.sims[0]!.faults.set('isMeetingRunning', { kind: 'reset', times: 1 });
    },
    when: (rig) => rig.call('isMeetingRunning', { meetingID: 'class' }),
    moves: { 'upstream_retries_total{server="bbb1"}': 1 },
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
