import { type AppRig, until } from './app-rig.js';
import { type CountedCause, ONE, TWO } from './counted-cause.js';
import { scrape } from './series-moved.js';

const PRESENTATION = '<?xml version="1.0"?><modules></modules>';

function tryCreate(rig: AppRig, meetingID = 'class', more: Record<string, string> = {}): Promise<unknown> {
  return rig.call('create', { name: 'A class', meetingID, ...more });
}

/** Why creates of meetings that did not run gave none, waited or went to another server. `store`: a file that only one of them uses. */
export function createCauses(store: {
  readonly file: string;
  run(sql: string): void;
}): readonly CountedCause[] {
  return [
    {
      cause: 'a tenant has all the meetings it may have',
      options: { ...ONE, tenants: [{ id: 'school', secrets: ['s'], limits: { meetings: 1 } }] },
      given: (rig) => rig.create('first', {}, { tenant: 'school' }),
      when: (rig) => rig.call('create', { name: 'A class', meetingID: 'second' }, { tenant: 'school' }),
      moves: {
        'placement_failures_total{reason="tenant-limit"}': 1,
        'api_failures_total{call="create",key="maxMeetingsReached"}': 1,
      },
    },
    {
      cause: 'no server may take a meeting, all are cordoned',
      options: TWO,
      given: async (rig) => {
        for (const id of ['bbb1', 'bbb2']) await rig.admin('POST', `servers/${id}/cordon`);
      },
      when: (rig) => tryCreate(rig),
      moves: {
        'placement_failures_total{reason="no-server"}': 1,
        'placement_passed_over_total{server="bbb1",reason="not-enabled"}': 1,
        'placement_passed_over_total{server="bbb2",reason="not-enabled"}': 1,
        'api_failures_total{call="create",key="noServerAvailable"}': 1,
      },
    },
    {
      cause: 'no server has the tag that is required',
      options: { ...ONE, servers: [{ tags: ['gpu'] }, {}] },
      given: (rig) => rig.admin('POST', 'servers/bbb1/cordon'),
      when: (rig) => tryCreate(rig, 'class', { 'meta_server-tag': 'gpu!' }),
      moves: {
        'placement_failures_total{reason="no-server"}': 1,
        'placement_passed_over_total{server="bbb1",reason="not-enabled"}': 1,
        'placement_passed_over_total{server="bbb2",reason="tag-missing"}': 1,
        'api_failures_total{call="create",key="noServerAvailable"}': 1,
      },
    },
    {
      cause: 'every server hangs',
      options: TWO,
      given: async (rig) => {
        for (const sim of rig.sims) sim.faults.set('create', { kind: 'hang' });
      },
      when: (rig) => tryCreate(rig),
      moves: {
        'placement_failures_total{reason="servers-failed"}': 1,
        'placement_retries_total{server="bbb1",cause="timeout"}': 1,
        'placement_retries_total{server="bbb2",cause="timeout"}': 1,
        'api_failures_total{call="create",key="serverUnavailable"}': 1,
      },
    },
    {
      cause: 'the only server answers no XML',
      options: ONE,
      given: async ({ sims }) => {
        sims[0]!.faults.set('create', { kind: 'html' });
      },
      when: (rig) => tryCreate(rig),
      moves: {
        'placement_failures_total{reason="servers-failed"}': 1,
        'placement_retries_total{server="bbb1",cause="notBbb"}': 1,
        'api_failures_total{call="create",key="serverUnavailable"}': 1,
      },
    },
    {
      cause: 'a server says that it cannot, and another can',
      options: { ...ONE, servers: [{ tags: ['first'] }, {}] },
      given: async ({ sims }) => {
        sims[0]!.faults.set('create', { kind: 'failed', key: 'apiNotEnabled' });
      },
      when: (rig) => tryCreate(rig, 'class', { 'meta_server-tag': 'first' }),
      moves: { 'placement_retries_total{server="bbb1",cause="apiNotEnabled"}': 1 },
    },
    {
      cause: 'the server refuses this very create',
      options: ONE,
      given: async ({ sims }) => {
        sims[0]!.faults.set('create', { kind: 'failed', key: 'nonUniqueVoiceBridge' });
      },
      when: (rig) => tryCreate(rig),
      moves: {
        'placement_failures_total{reason="relayed"}': 1,
        'api_failures_total{call="create",key="nonUniqueVoiceBridge"}': 1,
      },
    },
    {
      cause: 'the server refuses in words that BBB does not have',
      options: ONE,
      given: async ({ sims }) => {
        sims[0]!.faults.set('create', { kind: 'failed', key: 'made up for this one' });
      },
      when: (rig) => tryCreate(rig),
      moves: {
        'placement_failures_total{reason="relayed"}': 1,
        'api_failures_total{call="create",key="other"}': 1,
      },
    },
    {
      cause: 'the server finds the request itself at fault',
      options: ONE,
      given: async ({ sims }) => {
        sims[0]!.faults.set('create', { kind: 'status', status: 414 });
      },
      when: (rig) => tryCreate(rig),
      moves: {
        'placement_failures_total{reason="rejected"}': 1,
        'api_failures_total{call="create",key="requestTooLarge"}': 1,
      },
    },
    {
      cause: 'the deadline is too short for any server',
      options: { ...ONE, settings: { ...ONE.settings, create: { deadline: '200ms' } } },
      when: (rig) => tryCreate(rig),
      moves: {
        'placement_failures_total{reason="no-time"}': 1,
        'api_failures_total{call="create",key="serverUnavailable"}': 1,
      },
    },
    {
      cause: 'another create of the same meeting takes too long',
      options: ONE,
      given: async ({ sims }) => {
        sims[0]!.faults.set('create', { kind: 'slow', delayMs: 1_600 });
      },
      when: async (rig) => {
        const body = { body: PRESENTATION, contentType: 'application/xml' };
        const first = rig.call('create', { name: 'A class', meetingID: 'class' }, body);
        await until(
          'it is at the server',
          async () => (await scrape(rig.app)).get('upstream_requests_in_flight') === 1,
        );
        await tryCreate(rig);
        await first;
      },
      moves: {
        create_wait_seconds_count: 1,
        'placement_failures_total{reason="other-create"}': 1,
        'api_failures_total{call="create",key="serverUnavailable"}': 1,
      },
    },
    {
      cause: 'another create of the same meeting is waited for, and answers',
      options: ONE,
      when: (rig) => Promise.all([tryCreate(rig), tryCreate(rig)]),
      moves: { create_wait_seconds_count: 1 },
    },
    {
      cause: 'the store cannot take the claim',
      options: { ...ONE, settings: { ...ONE.settings, store: `sqlite:${store.file}` } },
      given: async () => {
        store.run('drop table meetings');
      },
      when: (rig) => tryCreate(rig),
      moves: {
        'placement_failures_total{reason="error"}': 1,
        // The claim, and what the store has instead.
        'store_failures_total{operation="write"}': 1,
        'store_failures_total{operation="read"}': 1,
        'api_failures_total{call="create",key="internalError"}': 1,
      },
    },
  ];
}
