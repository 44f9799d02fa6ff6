import { expect } from 'chai';
import type { ApplyAnswer } from '../../src/admin/views.js';
import { newMeetingId, until } from '../support/app-rig.js';
import type { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

describe('system: the command line against a running balancer', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  let ballast: RunningBallast;

  before(async () => {
    await rig.addSims(3);
    const tenants = [
      {
        id: 'school',
        hosts: ['school.example.org'],
        secrets: [rig.secret('school')],
        limits: { meetings: 7 },
      },
    ];
    ballast = await rig.serve({ tenants, servers: { bbb2: { tags: ['eu', 'big'] } } });
  });
  after(() => rig.stop());

  async function stateOf(id: string): Promise<string> {
    return (await ballast.server(id)).adminState;
  }

  /** A meeting on that server: the others take none meanwhile. */
  async function meetingOn(id: string): Promise<string> {
    const others = rig.sims.filter((sim) => sim.id !== id);
    const set = async (action: string): Promise<void> => {
      for (const sim of others) await ballast.adminRequest('POST', `servers/${sim.id}/${action}`);
    };
    const meetingId = newMeetingId();
    await set('cordon');
    await ballast.create(meetingId);
    await set('uncordon');
    expect(await ballast.serverOf(meetingId)).to.equal(id);
    return meetingId;
  }

  it('lists servers and tenants as tables, and as JSON', async () => {
    const [servers, tenants, json] = await Promise.all([
      ballast.run('server', 'list'),
      ballast.run('tenant', 'list'),
      ballast.run('server', 'list', '--json'),
    ]);
    expect(servers.split('\n')[0]).to.match(/^SERVER +STATE +HEALTH +LOAD +CPU/);
    expect(servers).to.match(/^bbb2 +enabled +online .*eu,big/m);
    expect(tenants).to.match(/^school +school\.example\.org +1 +0 of 7/m);
    const parsed = JSON.parse(json) as { servers: { id: string }[] };
    expect(parsed.servers.map(({ id }) => id)).to.deep.equal(['bbb1', 'bbb2', 'bbb3']);
  });

  it('cordons, uncordons, disables and enables', async () => {
    for (const [action, state] of [
      ['cordon', 'cordoned'],
      ['uncordon', 'enabled'],
      ['disable', 'disabled'],
      ['enable', 'enabled'],
    ] as const) {
      expect(await ballast.run('server', action, 'bbb3')).to.match(/^Server bbb3 /);
      expect(await stateOf('bbb3')).to.equal(state);
    }
    const unknown = await ballast.cli('server', 'cordon', 'bbb9');
    expect([unknown.code, unknown.stderr]).to.deep.equal([1, 'ballast: there is no server bbb9\n']);
    await until('bbb3 is online again', async () => (await ballast.server('bbb3')).health === 'online');
  });

  it('drains a server: its meeting goes on, and it is disabled when that has ended', async () => {
    const meetingId = await meetingOn('bbb3');
    await ballast.run('server', 'drain', 'bbb3');
    expect(await ballast.run('server', 'list')).to.match(/^bbb3 +draining/m);
    for (let at = 0; at < 4; at++) {
      const other = newMeetingId();
      await ballast.create(other);
      expect(await ballast.serverOf(other)).to.not.equal('bbb3');
    }
    const password = ballast.access.passwords.moderator;
    expect((await ballast.call('join', { meetingID: meetingId, fullName: 'A', password })).status).to.equal(
      302,
    );
    expect((await ballast.call('end', { meetingID: meetingId, password })).returnCode).to.equal('SUCCESS');
    await until('it is disabled', async () => (await stateOf('bbb3')) === 'disabled', 15_000);
    await ballast.adminRequest('POST', 'servers/bbb3/enable');
    await until('bbb3 is online again', async () => (await ballast.server('bbb3')).health === 'online');
  });

  it('lists a meeting, explains it and ends it', async () => {
    const meetingId = await meetingOn('bbb2');
    const [list, explained, json] = await Promise.all([
      ballast.run('meeting', 'list', '--server', 'bbb2'),
      ballast.run('explain', meetingId),
      ballast.run('explain', meetingId, '--json'),
    ]);
    expect(list).to.match(new RegExp(`^default +${meetingId} +bbb2 +running`, 'm'));
    expect(explained).to.match(new RegExp(`^Meeting ${meetingId} \\(tenant default\\), .*: server bbb2`));
    expect(explained).to.match(/^ +1 +bbb2 .* chosen/m);
    expect(explained).to.match(/bbb1 .*cordoned/);
    expect(json).to.include(`"meetingId": "${meetingId}"`);
    expect(await ballast.run('meeting', 'end', meetingId)).to.equal(`Meeting ${meetingId} is ended.\n`);
    expect(rig.sim('bbb2').meetings.find(meetingId)).to.equal(undefined);
    await until('it is off the list', async () => (await ballast.serverOf(meetingId)) === undefined, 15_000);
    const [again, unplaced] = await Promise.all([
      ballast.cli('meeting', 'end', meetingId),
      ballast.cli('explain', 'never-seen'),
    ]);
    expect([again.code, unplaced.code]).to.deep.equal([1, 1]);
    expect(unplaced.stderr).to.include('No decision about meeting never-seen');
  });

  it('panics a server: its meetings are ended and forgotten', async () => {
    const meetingId = await meetingOn('bbb1');
    expect(await ballast.run('server', 'panic', 'bbb1')).to.match(/was emptied: \d+ meetings ended/);
    expect(rig.sim('bbb1').meetings.find(meetingId)).to.equal(undefined);
    expect(await ballast.serverOf(meetingId)).to.equal(undefined);
    await ballast.adminRequest('POST', 'servers/bbb1/enable');
  });

  it('adds a server that then gets meetings, and removes it only by force while one runs', async () => {
    const [sim] = await rig.addSims(1);
    if (sim === undefined) throw new Error('no server');
    rig.write('server-secret', `${sim.secret}\n`);
    await ballast.run(
      'server',
      'add',
      sim.id,
      `${sim.origin}/`,
      '--secret-file',
      'server-secret',
      '--tag',
      'new',
    );
    await until('it is online', async () => (await ballast.server(sim.id)).health === 'online');
    await meetingOn(sim.id);
    const [twice, refused] = await Promise.all([
      ballast.cli('server', 'add', sim.id, sim.url, '--secret-file', 'server-secret'),
      ballast.cli('server', 'remove', sim.id),
    ]);
    expect([twice.code, refused.code]).to.deep.equal([1, 1]);
    expect(twice.stderr).to.include('already');
    expect(refused.stderr).to.match(/running meetings/);
    expect(await ballast.run('server', 'remove', sim.id, '--force')).to.equal(
      `Server ${sim.id} is removed.\n`,
    );
    expect((await ballast.servers()).map(({ id }) => id)).to.deep.equal(['bbb1', 'bbb2', 'bbb3']);
    rig.sims.pop();
    await sim.stop();
  });

  it('applies a cluster file: dry run first, then for real, then nothing is left to do', async () => {
    const secret = rig.secret('changed');
    const [one, two] = rig.sims;
    const documents = [
      { kind: 'Server', id: 'bbb1', url: one?.url, secret: one?.secret, loadMultiplier: 2 },
      { kind: 'Server', id: 'bbb2', url: two?.url, secret: two?.secret, tags: ['eu', 'big'] },
      { kind: 'Tenant', id: 'school', hosts: ['school.example.org'], secrets: [secret] },
    ];
    rig.write('next.yaml', JSON.stringify(documents));
    const meetingId = await meetingOn('bbb3');
    const dry = await ballast.run('apply', 'next.yaml', '--dry-run', '--prune');
    expect(dry).to.match(/update +Server +bbb1 +loadMultiplier/);
    expect(dry).to.match(/cordon +Server +bbb3/);
    expect(dry).to.include('would change (dry run');
    expect((await ballast.server('bbb1')).loadMultiplier).to.equal(1);

    const done = JSON.parse(await ballast.run('apply', 'next.yaml', '--prune', '--json')) as ApplyAnswer;
    expect(done.changes.find(({ id }) => id === 'bbb3')?.action).to.equal('cordon');
    expect((await ballast.server('bbb1')).loadMultiplier).to.equal(2);
    expect(await stateOf('bbb3')).to.equal('cordoned');
    expect((await ballast.call('getMeetings', '', { root: '/t/school', secret })).returnCode).to.equal(
      'SUCCESS',
    );

    await ballast.adminRequest('POST', 'meetings/end', { body: { tenantId: 'default', meetingId } });
    await until('bbb3 is empty', async () => (await ballast.serverOf(meetingId)) === undefined, 15_000);
    expect(await ballast.run('apply', 'next.yaml', '--prune')).to.match(/remove +Server +bbb3/);

    const broken = { kind: 'Server', id: 'a b', url: 'x', secret: 's' };
    rig.write('faulty.yaml', JSON.stringify([...documents, broken]));
    const [again, faulty] = await Promise.all([
      ballast.run('apply', 'next.yaml', '--prune'),
      ballast.cli('apply', 'faulty.yaml', '--prune'),
    ]);
    expect(again).to.equal('Nothing to change (3 as they are).\n');
    expect(faulty.code).to.equal(1);
    expect(faulty.stderr).to.match(/nothing was changed\n {2}.*a b/);
  });

  it('says what to do about a wrong token, a small scope, and a balancer that is not running', async () => {
    const env = (changes: Record<string, string>): { env: Record<string, string> } => ({
      env: { BALLAST_URL: ballast.access.adminUrl, BALLAST_TOKEN: ballast.access.tokens.read, ...changes },
    });
    const [wrong, small, absent, odd] = await Promise.all([
      rig.command(['server', 'list'], env({ BALLAST_TOKEN: 'no-such-token' })),
      rig.command(['server', 'cordon', 'bbb1'], env({})),
      rig.command(['server', 'list'], env({ BALLAST_URL: 'http://127.0.0.1:9' })),
      rig.command(['server', 'list'], env({ BALLAST_URL: 'localhost' })),
    ]);
    expect([wrong.code, small.code, absent.code, odd.code]).to.deep.equal([1, 1, 1, 2]);
    expect(wrong.stderr).to.match(/^ballast: The token was refused \(401\)\. Give one of admin\.tokens/);
    expect(small.stderr).to.match(/scope operate; read has read \(403/);
    expect(absent.stderr).to.match(/Cannot reach http:\/\/127\.0\.0\.1:9 .*ballast serve/);
    expect(odd.stderr).to.include('no URL of a balancer');
  });
});
