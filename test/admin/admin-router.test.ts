import type { AdminScope } from '../../src/admin/token-book.js';
import { expect } from 'chai';
import { adminRoutes } from '../../src/admin/admin-router.js';
import { answerSchemas, problemSchema } from '../../src/admin/view-schemas.js';
import { meetingView, placementRecord, startAdmin, TOKENS } from '../support/admin-rig.js';

type Admin = Awaited<ReturnType<typeof startAdmin>>;

const SECRETS = ['default-tenant-secret', 'tenant-secret', 'server-secret', ...Object.values(TOKENS)];

describe('the admin API', () => {
  let admin: Admin;

  beforeEach(async () => {
    admin = await startAdmin();
  });

  afterEach(async () => {
    await admin.stop();
  });

  it('answers 401 without a token and with an unknown one', async () => {
    for (const token of [undefined, 'wrong', '', `${TOKENS.admin}x`]) {
      const reply = await admin.call('GET', '/servers', { token });
      expect(reply.status).to.equal(401);
      expect(reply.headers.get('www-authenticate')).to.match(/^Bearer/);
      expect(problemSchema.safeParse(reply.json).success).to.equal(true);
      expect(reply.headers.get('content-type')).to.contain('application/problem+json');
    }
    const basic = await admin.call('GET', '/nowhere', {
      token: undefined,
      headers: { authorization: `Basic ${TOKENS.admin}` },
    });
    expect(basic.status).to.equal(401);
  });

  it('lets each scope do what it includes and no more', async () => {
    const includes = {
      read: ['read'],
      operate: ['read', 'operate', 'import'],
      admin: ['read', 'operate', 'admin', 'import'],
      import: ['import'],
    } as const satisfies Record<string, readonly AdminScope[]>;
    for (const route of adminRoutes(admin.deps)) {
      for (const scope of ['read', 'operate', 'admin', 'import'] as const) {
        const path = route.path.replace(':id', 'nobody');
        const reply = await admin.call(route.method, path, { token: TOKENS[scope] });
        const isAllowed = (includes[scope] as readonly AdminScope[]).includes(route.scope);
        expect(reply.status === 403, `${scope} ${route.method} ${path}: ${reply.status}`).to.equal(
          !isAllowed,
        );
        expect(reply.status).to.be.lessThan(500);
      }
    }
  });

  it('answers 429 to an address that goes on guessing, and still serves a valid token from there', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const guess = () => admin.call('GET', '/servers', { token: 'guess', headers });
    for (let i = 0; i < 5; i++) expect((await guess()).status).to.equal(401);
    const limited = await guess();
    expect(limited.status).to.equal(429);
    expect(Number(limited.headers.get('retry-after'))).to.be.within(1, 60);
    expect((await admin.call('GET', '/servers', { headers })).status).to.equal(200);
    const elsewhere = await admin.call('GET', '/servers', {
      token: 'guess',
      headers: { 'x-forwarded-for': '203.0.113.8' },
    });
    expect(elsewhere.status).to.equal(401);
  });

  it('carries the request id and keeps answers out of caches', async () => {
    const reply = await admin.call('GET', '/servers/nobody');
    expect(reply.status).to.equal(404);
    expect(reply.json).to.include({
      detail: 'there is no server nobody',
      requestId: reply.headers.get('x-request-id'),
    });
    expect(reply.headers.get('cache-control')).to.equal('no-store');
    expect(reply.headers.get('x-content-type-options')).to.equal('nosniff');
  });

  it('answers 404 with a hint, 405 with Allow, 413, and 400 for what it cannot read', async () => {
    expect((await admin.call('GET', '/serverz')).json.detail).to.contain('/admin/v1/openapi.json');
    const wrongMethod = await admin.call('DELETE', '/servers');
    expect(wrongMethod.status).to.equal(405);
    expect(wrongMethod.headers.get('allow')).to.equal('GET, POST');
    const large = await admin.call('POST', '/apply', { body: '#'.repeat(5 * 1024 * 1024) });
    expect(large.status).to.equal(413);
    expect((await admin.call('POST', '/servers', { body: '{' })).status).to.equal(400);
    expect((await admin.call('GET', '/servers/%E0%A4%A')).status).to.equal(400);
    expect((await admin.call('GET', '/placements?limit=0')).status).to.equal(400);
    expect((await admin.call('GET', '/placements?limit=5&limit=6')).status).to.equal(400);
  });

  it('refuses a mistyped parameter instead of ignoring it', async () => {
    const reply = await admin.call('POST', '/apply?dryrun=true', { body: '' });
    expect(reply.status).to.equal(400);
    expect(reply.json.errors).to.deep.equal(['dryrun: unknown parameter, did you mean dryRun?']);
  });

  it('tells nothing of an unforeseen failure but its request id', async () => {
    admin.store.failWith = new Error('disk full at /secret/place');
    const reply = await admin.call('POST', '/servers/bbb1/cordon');
    expect(reply.status).to.equal(500);
    expect(reply.text).not.to.contain('disk');
    expect(admin.logger.lines).to.include('error admin request failed');
    expect(admin.audit[0]?.detail).to.match(/^refused: internal error/);
  });

  it('describes every route in openapi.json and serves every route it describes', async () => {
    const reply = await admin.call('GET', '/openapi.json', { token: TOKENS.read });
    const document = reply.json as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
      components: { schemas: Record<string, unknown> };
    };
    expect(document.openapi).to.equal('3.1.0');
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const served = adminRoutes(admin.deps).map(
      ({ method, path }) => `${method} ${path.replace(':id', '{id}')}`,
    );
    expect(described).to.have.members(served);
    for (const route of described) {
      const [method = '', path = ''] = route.split(' ');
      const answer = await admin.call(method, path.replace('{id}', 'nobody'));
      expect(answer.json.detail ?? '', route).not.to.match(/^there is nothing at|^this address takes/);
    }
    const references = [...reply.text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(Object.keys(document.components.schemas)).to.include.members(references);
  });

  it('lets no secret leave in any answer, log line or audit entry', async () => {
    const cluster = [
      '{ kind: Server, id: bbb3, url: "https://bbb3.example", secret: server-secret }',
      '{ kind: Tenant, id: t, secrets: [tenant-secret] }',
    ].join('\n---\n');
    const texts: string[] = [];
    const keep = async (method: string, path: string, body?: string): Promise<void> => {
      const reply = await admin.call(method, path, body === undefined ? {} : { body });
      texts.push(reply.text);
    };
    await keep('POST', '/apply', cluster);
    await keep('POST', '/apply', cluster.replaceAll('-secret', '-secret2'));
    await keep('POST', '/apply', cluster.replace('id: bbb3', 'id: [server-secret]'));
    await keep(
      'POST',
      '/servers',
      JSON.stringify({ id: 'x', url: 'https://x.example', secret: 'server-secret' }),
    );
    await keep('POST', '/servers', JSON.stringify({ id: 'y', url: 5, secrets: 'server-secret' }));
    admin.meetings.push(meetingView('room', 'bbb1'));
    for (const route of adminRoutes(admin.deps)) {
      if (route.method === 'get') await keep('GET', route.path.replace(':id', 'bbb3'));
    }
    texts.push(JSON.stringify(admin.audit), admin.logger.lines.join('\n'));
    for (const text of texts) for (const secret of SECRETS) expect(text).not.to.contain(secret);
  });

  it('answers in the shapes it documents', async () => {
    admin.meetings.push(meetingView('room', 'bbb1'));
    admin.placements.push(placementRecord('bbb1', 'room'));
    await admin.call('POST', '/servers/bbb1/cordon');
    for (const route of adminRoutes(admin.deps)) {
      if (route.method !== 'get') continue;
      const query = route.path === '/recordings/import' ? `?sha256=${'0'.repeat(64)}` : '';
      const reply = await admin.call('GET', route.path.replace(':id', 'bbb1') + query);
      expect(reply.status, route.path).to.equal(200);
      const parsed = answerSchemas[route.answer].safeParse(reply.json);
      expect(parsed.error?.issues ?? [], route.path).to.deep.equal([]);
    }
  });
});
