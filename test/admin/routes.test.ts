import { expect } from 'chai';
import { answerSchemas } from '../../src/admin/view-schemas.js';
import type {
  ApplyAnswer,
  MeetingsAnswer,
  PlacementsAnswer,
  ServersAnswer,
  TenantsAnswer,
} from '../../src/admin/views.js';
import { meetingView, placementRecord, startAdmin, TOKENS } from '../support/admin-rig.js';

type Admin = Awaited<ReturnType<typeof startAdmin>>;

describe('the routes of the admin API', () => {
  let admin: Admin;

  beforeEach(async () => {
    admin = await startAdmin();
  });

  afterEach(async () => {
    await admin.stop();
  });

  const states: readonly (readonly [string, string, boolean])[] = [
    ['cordon', 'cordoned', false],
    ['drain', 'cordoned', true],
    ['disable', 'disabled', false],
    ['enable', 'enabled', false],
    ['uncordon', 'enabled', false],
  ];
  for (const [action, adminState, isDraining] of states) {
    it(`answers ${action} with the server as it is then, and records who did it`, async () => {
      const reply = await admin.call('POST', `/servers/bbb1/${action}`, { token: TOKENS.operate });
      expect(reply.status).to.equal(200);
      expect(reply.json).to.include({ id: 'bbb1', adminState, isDraining });
      expect(admin.store.servers.get('bbb1')).to.include({ adminState, isDraining });
      expect(admin.audit[0]).to.include({
        actor: 'operator',
        action: `server.${action}`,
        target: 'bbb1',
        detail: 'was enabled',
      });
      expect((await admin.call('POST', `/servers/nobody/${action}`)).status).to.equal(404);
    });
  }

  it('lists servers without what is unknown', async () => {
    const { json } = await admin.call('GET', '/servers');
    const { servers } = json as unknown as ServersAnswer;
    expect(servers.map(({ id, health }) => `${id} ${health}`)).to.deep.equal([
      'bbb1 unknown',
      'bbb2 unknown',
    ]);
    expect(servers[0]).not.to.have.any.keys('cpu', 'attendees', 'load', 'pollAgeSeconds');
  });

  it('adds a server, refuses it twice, and names every fault', async () => {
    const body = JSON.stringify({ id: 'bbb3', url: 'https://bbb3.example/', secret: 's', tags: ['a'] });
    const added = await admin.call('POST', '/servers', { body });
    expect(added.status).to.equal(201);
    expect(added.json).to.include({
      id: 'bbb3',
      url: 'https://bbb3.example/bigbluebutton/api',
      adminState: 'enabled',
    });
    expect((await admin.call('POST', '/servers', { body })).status).to.equal(409);
    const sameUrl = await admin.call('POST', '/servers', { body: body.replace('"bbb3"', '"bbb4"') });
    expect(sameUrl.status).to.equal(409);
    expect(sameUrl.json.detail).to.contain('server bbb3 has the same URL');
    const faulty = await admin.call('POST', '/servers', { body: '{"id":"a b","urll":"x"}' });
    expect(faulty.status).to.equal(400);
    expect(faulty.json.errors).to.deep.equal([
      'id: 1 to 64 letters, digits, dots, underscores or hyphens, given "a b"',
      'url: is missing',
      'urll: unknown key, did you mean url?',
    ]);
  });

  it('removes a server, but one with running meetings only when forced', async () => {
    admin.meetings.push(meetingView('room', 'bbb1'));
    expect((await admin.call('DELETE', '/servers/bbb1')).status).to.equal(409);
    expect((await admin.call('DELETE', '/servers/bbb1?force=true')).json).to.deep.equal({ removed: 'bbb1' });
    expect((await admin.call('DELETE', '/servers/bbb2')).status).to.equal(200);
    expect(admin.pool.servers()).to.deep.equal([]);
    expect(admin.audit.map(({ action, detail }) => `${action} ${detail}`)).to.deep.equal([
      'server.remove 0 meetings were running',
      'server.remove 1 meetings were running',
      'server.remove refused: server bbb1 has running meetings (1): drain it first, or remove it with force=true',
    ]);
  });

  it('panics: ends all meetings of the server and says how many', async () => {
    admin.meetings.push(meetingView('a', 'bbb1'), meetingView('b', 'bbb1'), meetingView('c', 'bbb2'));
    const reply = await admin.call('POST', '/servers/bbb1/panic', { token: TOKENS.operate });
    expect(answerSchemas.PanicAnswer.safeParse(reply.json).success).to.equal(true);
    expect(reply.json).to.include({ ended: 2 });
    expect(admin.meetings.map(({ meetingId }) => meetingId)).to.deep.equal(['c']);
  });

  it('lists meetings by tenant and server, and ends one', async () => {
    admin.meetings.push(
      meetingView('a', 'bbb1'),
      meetingView('a', 'bbb2', 't'),
      meetingView('b', 'bbb2', 't'),
    );
    const list = async (query: string): Promise<string[]> => {
      const { json } = await admin.call('GET', `/meetings${query}`);
      return (json as unknown as MeetingsAnswer).meetings.map((m) => `${m.tenantId}/${m.meetingId}`);
    };
    expect(await list('?tenant=t')).to.deep.equal(['t/a', 't/b']);
    expect(await list('?server=bbb1')).to.deep.equal(['default/a']);
    const body = JSON.stringify({ tenantId: 't', meetingId: 'a' });
    expect((await admin.call('POST', '/meetings/end', { body })).status).to.equal(200);
    expect(admin.ends).to.deep.equal(['t/a']);
    expect((await admin.call('POST', '/meetings/end', { body })).status).to.equal(404);
    expect((await admin.call('POST', '/meetings/end', { body: '{"tenantId":"t"}' })).status).to.equal(400);
  });

  it('counts what a tenant uses, and shows how many secrets it has', async () => {
    admin.meetings.push(meetingView('a', 'bbb1'), meetingView('b', 'bbb1'));
    const { json } = await admin.call('GET', '/tenants');
    expect((json as unknown as TenantsAnswer).tenants).to.deep.equal([
      { id: 'default', hosts: [], secretCount: 1, limits: {}, serverTags: [], meetings: 2, attendees: 6 },
    ]);
  });

  it('shows the newest samples, what was left out of them, and tags without a server', async () => {
    const { loads, deps } = admin;
    const unknown = { networkBytesPerSecond: undefined };
    loads.table = {
      takenAt: deps.now(),
      samples: new Map([
        ['bbb2', { cpu: undefined, memory: 0.5, ...unknown, sampledAt: deps.now() + 3_000 }],
        [
          'bbb1',
          {
            cpu: 0.25,
            memory: 0.5,
            ...unknown,
            sampledAt: deps.now() - 8_000,
            cpuCount: 4,
            matchedBy: 'host',
          },
        ],
      ]),
      faults: [{ serverId: 'bbb2', kind: 'partial', message: 'no CPU from bbb2' }],
      strangers: ['host=bbb9'],
    };
    const { status, json } = await admin.call('GET', '/samples');
    expect(status).to.equal(200);
    expect(json).to.deep.equal({
      samples: [
        { serverId: 'bbb1', ageSeconds: 8, cpu: 0.25, memory: 0.5, cpuCount: 4, matchedBy: 'host' },
        { serverId: 'bbb2', ageSeconds: 0, memory: 0.5 },
      ],
      faults: [{ serverId: 'bbb2', kind: 'partial', message: 'no CPU from bbb2' }],
      strangers: ['host=bbb9'],
    });
    expect(answerSchemas.SamplesAnswer.safeParse(json).success).to.equal(true);
  });

  it('finds placements by meeting, tenant and number', async () => {
    admin.placements.push(
      placementRecord('3', 'a'),
      placementRecord('2', 'b', 't'),
      placementRecord('1', 'a', 't'),
    );
    const ids = async (query: string): Promise<string[]> => {
      const { json } = await admin.call('GET', `/placements${query}`);
      return (json as unknown as PlacementsAnswer).placements.map(({ id }) => id);
    };
    expect(await ids('?meetingId=a')).to.deep.equal(['3', '1']);
    expect(await ids('?meetingId=a&tenant=t')).to.deep.equal(['1']);
    expect(await ids('?limit=2')).to.deep.equal(['3', '2']);
  });

  it('shows one placement by its ID, whole', async () => {
    admin.placements.push(placementRecord('3', 'a'), placementRecord('2', 'b', 't'));
    const { status, json } = await admin.call('GET', '/placements/2');
    expect(status).to.equal(200);
    expect(json).to.deep.equal(JSON.parse(JSON.stringify(placementRecord('2', 'b', 't'))));
    const unknown = await admin.call('GET', '/placements/none');
    expect(unknown.status).to.equal(404);
    expect(unknown.json).to.include({ status: 404, detail: 'no placement none is kept' });
    expect((await admin.call('GET', '/placements/2?whole=yes')).status).to.equal(400);
  });

  it('keeps and shows the policy of a tenant, and prunes it from the default one', async () => {
    const policyOf = async (id: string): Promise<unknown> => {
      const { json } = await admin.call('GET', '/tenants');
      return (json as unknown as TenantsAnswer).tenants.find((tenant) => tenant.id === id)?.policy;
    };
    const body =
      'kind: Tenant\nid: default\npolicy: cpu-mem\n---\nkind: Tenant\nid: t\nsecrets: [ts]\npolicy: round-robin';
    expect((await admin.call('POST', '/apply', { body })).status).to.equal(200);
    expect([await policyOf('default'), await policyOf('t')]).to.deep.equal(['cpu-mem', 'round-robin']);
    const { json } = await admin.call('POST', '/apply', { body: body.replace('round-robin', 'predicted') });
    expect((json as unknown as ApplyAnswer).changes.find(({ id }) => id === 't')?.detail).to.equal(
      'policy: "round-robin" → "predicted"',
    );
    const bare = { body: 'kind: Tenant\nid: t\nsecrets: [ts]' };
    expect((await admin.call('POST', '/apply?prune', bare)).status).to.equal(200);
    expect([await policyOf('default'), await policyOf('t')]).to.deep.equal([undefined, undefined]);
  });

  describe('apply', () => {
    const cluster = [
      'kind: Server\nid: bbb1\nurl: https://bbb1.example.org\nsecret: s1',
      'kind: Tenant\nid: t\nhosts: [t.example]\nsecrets: [ts]',
    ].join('\n---\n');
    const apply = async (query = '', body = cluster): Promise<ApplyAnswer> => {
      const reply = await admin.call('POST', `/apply${query}`, { body });
      expect(reply.status).to.equal(200);
      return reply.json as unknown as ApplyAnswer;
    };
    const actions = ({ changes }: ApplyAnswer): string[] =>
      changes.map(({ action, id }) => `${action} ${id}`);

    it('only tells with dryRun', async () => {
      const before = [...admin.store.servers.values()];
      const answer = await apply('?dryRun=true&prune=true');
      expect(answer.dryRun).to.equal(true);
      expect(actions(answer)).to.deep.equal(['update bbb1', 'create t', 'remove bbb2']);
      expect([...admin.store.servers.values()]).to.deep.equal(before);
      expect(admin.tenants.has('t')).to.equal(false);
      expect(admin.audit).to.deep.equal([]);
    });

    it('does it, and says unchanged the second time', async () => {
      expect(actions(await apply('?prune=true'))).to.deep.equal(['update bbb1', 'create t', 'remove bbb2']);
      expect(admin.store.servers.get('bbb1')?.secret).to.equal('s1');
      expect(admin.tenants.forHost('t.example').id).to.equal('t');
      expect(admin.pool.server('bbb2')).to.equal(undefined);
      expect(actions(await apply('?prune=true'))).to.deep.equal(['unchanged bbb1', 'unchanged t']);
      expect(admin.audit.map(({ detail }) => detail)).to.deep.equal([
        'update Server bbb1, create Tenant t, remove Server bbb2',
      ]);
    });

    it('takes JSON as well as YAML', async () => {
      const body = JSON.stringify([{ kind: 'Tenant', id: 'j', secrets: ['x'] }]);
      expect(actions(await apply('', body))).to.deep.equal(['create j']);
    });

    it('cordons a server with meetings instead of pruning it', async () => {
      admin.meetings.push(meetingView('a', 'bbb2'));
      expect(actions(await apply('?prune=true'))).to.include('cordon bbb2');
      expect(admin.store.servers.get('bbb2')?.adminState).to.equal('cordoned');
    });

    it('changes nothing when one document is faulty', async () => {
      const body = `${cluster}\n---\nkind: Server\nid: bad`;
      const reply = await admin.call('POST', '/apply', { body });
      expect(reply.status).to.equal(400);
      expect(reply.json.errors).to.deep.equal(['document 3 (Server bad): url: is missing']);
      expect(admin.tenants.has('t')).to.equal(false);
    });

    it('refuses an admin token as the secret of a tenant', async () => {
      const body = `{ kind: Tenant, id: t, secrets: [${TOKENS.read}] }`;
      const reply = await admin.call('POST', '/apply', { body });
      expect(reply.json.errors).to.deep.equal([
        'Tenant t: secrets: one of them is an admin token; make a secret of its own',
      ]);
    });
  });
});
