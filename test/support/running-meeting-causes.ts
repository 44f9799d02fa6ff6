import { type AppRig, until } from './app-rig.js';
import { type CountedCause, hasHealth, hasPolledMeetings, PATIENT, POLLED, QUIET } from './counted-cause.js';
import { scrape } from './series-moved.js';

/** A meeting with people in it, on the only server there is at first. */
async function busyClass(rig: AppRig, meetingId = 'class'): Promise<void> {
  const { answer, sim } = await rig.create(meetingId);
  sim.meetings.setAttendees(sim.meetings.findInternal(answer.element('internalMeetingID') ?? '')!, 20);
}

/** What became of creates of running meetings whose server fails. */
export const RUNNING_MEETING_CAUSES: readonly CountedCause[] = [
  {
    cause: "a running meeting's server hangs, with people in the meeting",
    options: POLLED,
    given: async (rig) => {
      await busyClass(rig);
      rig.sims[0]!.faults.set('create', { kind: 'hang' });
      await until(
        'a poll has seen them',
        async () => (await scrape(rig.app)).get('server_attendees{server="bbb1"}') === 20,
      );
    },
    when: (rig) => rig.call('create', { name: 'A class', meetingID: 'class' }),
    moves: {
      'placement_failures_total{reason="server-failing"}': 1,
      'api_failures_total{call="create",key="serverUnavailable"}': 1,
    },
  },
  {
    cause: "a running meeting's server is offline, and another takes it",
    options: { ...POLLED, servers: [{ tags: ['first'] }, {}] },
    given: async (rig) => {
      await rig.create('class', { 'meta_server-tag': 'first' });
      await rig.sims[0]!.refuse();
      await until('it is offline', () => hasHealth(rig, 'bbb1', 'offline'));
    },
    when: (rig) => rig.create('class'),
    moves: { 'meetings_moved_total{server="bbb1",cause="offline"}': 1 },
  },
  {
    cause: "a running meeting's server refuses connections, and a moment later as well",
    options: PATIENT,
    given: async (rig) => {
      await rig.create('class', { 'meta_server-tag': 'first' });
      await rig.sims[0]!.refuse();
    },
    when: (rig) => rig.create('class'),
    moves: {
      'server_probes_total{server="bbb1",outcome="lost"}': 1,
      'meetings_moved_total{server="bbb1",cause="refused"}': 1,
    },
  },
  {
    cause: "a running meeting's server refuses connections, and is back a moment later",
    options: PATIENT,
    given: (rig) => rig.create('class', { 'meta_server-tag': 'first' }),
    when: async (rig) => {
      const [sim] = rig.sims;
      await sim!.refuse();
      const created = rig.create('class');
      await until('it was refused once', () => hasHealth(rig, 'bbb1', 'unstable'));
      await sim!.accept();
      await created;
    },
    moves: { 'server_probes_total{server="bbb1",outcome="back"}': 1 },
  },
  {
    cause: "a running meeting's server hangs, nobody is in the meeting, and another takes it",
    options: {
      ...PATIENT,
      settings: { ...PATIENT.settings, poll: { ...QUIET, interval: '1s', offlineAfter: 100 } },
    },
    given: async (rig) => {
      await rig.create('class', { 'meta_server-tag': 'first' });
      await until('a poll has seen it', () => hasPolledMeetings(rig, 'bbb1'));
      rig.sims[0]!.faults.set('create', { kind: 'hang' });
    },
    when: (rig) => rig.create('class'),
    moves: { 'meetings_moved_total{server="bbb1",cause="empty"}': 1 },
  },
];
