import { expect } from 'chai';
import { answerSchemas } from '../../src/admin/view-schemas.js';
import type { CallbacksAnswer } from '../../src/admin/callback-views.js';
import { startAdmin, TOKENS } from '../support/admin-rig.js';
import { callbackRig, type CallbackRig, newCallback } from '../support/callback-rig.js';
import { FakeTerminal } from '../support/fake-terminal.js';

describe('callbacks in the admin API and on the command line', () => {
  let rig: CallbackRig;
  let admin: Awaited<ReturnType<typeof startAdmin>>;
  let terminal: FakeTerminal;
  beforeEach(async () => {
    rig = await callbackRig();
    admin = await startAdmin(['bbb1'], { callbacks: rig.outbox });
    const env = { BALLAST_URL: admin.url.replace('/admin/v1', '/'), BALLAST_TOKEN: TOKENS.operate };
    terminal = new FakeTerminal('/', { env });
    // One that was refused, one of another tenant that waits.
    rig.answer = () => Promise.resolve(404);
    rig.deliverer.start();
    await rig.outbox.add(
      newCallback({ key: 'a', target: 'https://me:pass-word@front.example:8443/end?token=hush' }),
    );
    await rig.until(() => rig.outcomes.length === 1);
    await rig.outbox.add(
      newCallback({
        ...{ key: 'b', kind: 'analytics', tenantId: 'north', dueAt: rig.clock.now() + 60_000 },
        content: { form: 'analytics', body: '{"hush":1}' },
      }),
    );
  });
  afterEach(async () => {
    await admin.stop();
    await rig.close();
  });
  const list = async (query = ''): Promise<CallbacksAnswer['callbacks']> =>
    ((await admin.call('GET', `/callbacks${query}`)).json as unknown as CallbacksAnswer).callbacks;

  it('lists them newest first, without anything secret', async () => {
    const reply = await admin.call('GET', '/callbacks', { token: TOKENS.read });
    expect(answerSchemas.CallbacksAnswer.safeParse(reply.json).error).to.equal(undefined);
    expect(reply.text).not.to.match(/hush|pass-word|secret/);
    const [waiting, failed] = (reply.json as unknown as CallbacksAnswer).callbacks;
    expect(failed).to.deep.include({
      ...{ kind: 'end', tenantId: 'default', meetingId: 'class', target: 'https://front.example:8443/end' },
      ...{ state: 'failed', outcome: 'rejected', attempts: 1, lastFailure: 'answered HTTP 404' },
    });
    expect(failed).not.to.have.property('nextAt');
    expect(waiting).to.deep.include({
      kind: 'analytics',
      state: 'pending',
      nextAt: rig.clock.now() + 60_000,
    });
    expect(waiting).not.to.have.any.keys('endedAt', 'outcome', 'lastFailure');
  });

  it('lists those of a tenant, in a state', async () => {
    expect((await list('?tenant=north')).map(({ kind }) => kind)).to.deep.equal(['analytics']);
    expect((await list('?state=failed')).map(({ kind }) => kind)).to.deep.equal(['end']);
    expect(await list('?state=delivered')).to.deep.equal([]);
    expect(await list('?limit=1')).to.have.length(1);
    expect((await admin.call('GET', '/callbacks?state=lost')).status).to.equal(400);
    // `north` is gone; what it is owed is still there. Of `nope` there never was anything.
    const nobody = await admin.call('GET', '/callbacks?tenant=nope');
    expect([nobody.status, nobody.json.detail]).to.deep.equal([404, 'there is no tenant nope']);
    expect(await list('?tenant=default&state=delivered')).to.deep.equal([]);
  });

  it('tries a failed one again and records who wanted it', async () => {
    const [, failed] = await list();
    const path = `/callbacks/${failed?.id ?? ''}/retry`;
    expect((await admin.call('POST', path, { token: TOKENS.read })).status).to.equal(403);
    rig.answer = () => Promise.resolve(200);
    const reply = await admin.call('POST', path, { token: TOKENS.operate });
    expect(reply.status).to.equal(200);
    await rig.until(() => rig.outcomes.includes('end delivered'));
    expect(admin.audit[0]).to.include({ actor: 'operator', action: 'callback.retry', target: failed?.id });
    expect(admin.audit[0]?.detail).to.equal('end of default to https://front.example:8443/end');
    const again = await admin.call('POST', path);
    expect([again.status, again.json.detail]).to.deep.equal([
      409,
      `callback ${failed?.id ?? ''} is delivered: it cannot be tried again`,
    ]);
  });

  it('drops a pending one, and none that has ended or is unknown', async () => {
    const [waiting, failed] = await list();
    const reply = await admin.call('DELETE', `/callbacks/${waiting?.id ?? ''}`);
    expect(reply.json).to.include({ state: 'failed', outcome: 'dropped' });
    expect(rig.outcomes.at(-1)).to.equal('analytics dropped');
    expect((await admin.call('DELETE', `/callbacks/${failed?.id ?? ''}`)).status).to.equal(409);
    expect((await admin.call('DELETE', '/callbacks/nobody')).status).to.equal(404);
    expect((await admin.call('POST', '/callbacks/nobody/retry')).status).to.equal(404);
  });

  it('shows them as lines, and as JSON', async () => {
    expect(await terminal.run(['callback', 'list'])).to.equal(0);
    const [heading, first, second] = terminal.printed.trimEnd().split('\n');
    expect(heading).to.match(/^ID +KIND +TENANT +MEETING +TARGET +STATE +TRIES +NEXT +LAST FAILURE$/);
    expect(first).to.contain('analytics').and.contain('pending');
    expect(second).to.contain('https://front.example:8443/end').and.contain('answered HTTP 404');
    expect(await terminal.run(['callback', 'list', '--state', 'pending', '--tenant', 'default'])).to.equal(0);
    expect(terminal.printed).to.equal('No callbacks.\n');
    expect(await terminal.run(['callback', 'list', '--json'])).to.equal(0);
    expect((JSON.parse(terminal.printed) as CallbacksAnswer).callbacks).to.have.length(2);
    expect(await terminal.run(['callback', 'list', '--state', 'lost'])).to.equal(2);
  });

  it('retries and drops from the command line', async () => {
    const [waiting, failed] = await list();
    expect(await terminal.run(['callback', 'drop', waiting?.id ?? ''])).to.equal(0);
    expect(terminal.printed).to.equal(`Callback ${waiting?.id ?? ''} is dropped.\n`);
    expect(await terminal.run(['callback', 'retry', failed?.id ?? ''])).to.equal(0);
    expect(terminal.printed).to.equal(`Callback ${failed?.id ?? ''} is tried now.\n`);
    expect(await terminal.run(['callback', 'drop', 'nobody'])).to.equal(1);
  });
});
