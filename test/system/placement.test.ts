import { expect } from 'chai';
import type { PlacementRecord } from '../../src/placement/types.js';
import type { Answer, FrontEndCall, RunningBallast } from './running-ballast.js';
import { SystemRig, type ServeOptions } from './system-rig.js';

type Placed = Pick<PlacementRecord, 'id' | 'serverId' | 'policy' | 'decision'>;

describe('system: how servers are chosen', function () {
  this.timeout(60_000);
  let rig: SystemRig;
  let ballast: RunningBallast;
  afterEach(() => rig.stop());

  const start = async (servers: number, options: ServeOptions = {}): Promise<void> => {
    rig = new SystemRig();
    await rig.addSims(servers);
    ballast = await rig.serve(options);
  };

  const answered = (answer: Answer): unknown => {
    expect(answer.status, answer.text).to.equal(200);
    return JSON.parse(answer.text);
  };

  const placements = async (query = ''): Promise<readonly Placed[]> => {
    const answer = answered(await ballast.adminRequest('GET', `placements?${query}`));
    return (answer as { placements: readonly Placed[] }).placements;
  };

  const serverOf = async (meetingId: string): Promise<string | undefined> =>
    (await placements(`meetingId=${meetingId}&limit=1`))[0]?.serverId;

  it('gives a tag with a share of 0.05 one new meeting in twenty and no more', async () => {
    await start(3, {
      settings: { placement: { shares: { canary: 0.05 } } },
      servers: { bbb3: { tags: ['canary'] } },
    });
    const got = { canary: 0, others: 0 };
    for (let first = 1; first <= 200; first += 10) {
      // Ten at a time, as front ends send them at the full hour.
      await Promise.all(Array.from({ length: 10 }, (_, at) => ballast.create(`lesson-${first + at}`)));
      const canary = rig.sim('bbb3').calls.requests('create').length;
      expect(canary, `of ${first + 9}`).to.be.at.most(0.05 * (first + 9));
      got.canary = canary;
      got.others =
        rig.sims[0]!.calls.requests('create').length + rig.sims[1]!.calls.requests('create').length;
    }
    expect(got).to.deep.equal({ canary: 10, others: 190 });

    const { explanation, candidates } = (await placements('limit=1'))[0]!.decision;
    const canary = candidates.find(({ id }) => id === 'bbb3');
    if (canary?.verdict !== 'chosen') {
      expect(canary?.verdict).to.equal('share-used');
      expect(explanation).to.include('but its tag canary gets only 5 % of the new meetings');
    }
  });

  it('gives it more where no other server is left', async () => {
    await start(2, {
      settings: { placement: { shares: { canary: 0.05 } } },
      servers: { bbb2: { tags: ['canary'] } },
    });
    await ballast.run('server', 'cordon', 'bbb1');
    await ballast.create('lesson');
    expect(await serverOf('lesson')).to.equal('bbb2');
    expect(await ballast.run('explain', 'lesson')).to.include('beyond the share of its tag');
  });

  it('takes the share from the environment', async () => {
    await start(2, {
      env: { BALLAST_PLACEMENT_SHARES: 'canary=0' },
      servers: { bbb1: { tags: ['canary'] } },
    });
    for (let at = 1; at <= 6; at += 1) await ballast.create(`lesson-${at}`);
    expect(rig.sim('bbb1').calls.requests('create')).to.have.length(0);
    expect(rig.sim('bbb2').calls.requests('create')).to.have.length(6);
  });

  it('places the meetings of a tenant by its own policy and all others as configured', async () => {
    rig = new SystemRig();
    await rig.addSims(3);
    const secret = rig.secret('school');
    const school: FrontEndCall = { secret, root: '/t/school' };
    ballast = await rig.serve({
      settings: { placement: { policy: 'fewest-meetings' } },
      tenants: [{ id: 'school', secrets: [secret], policy: 'round-robin' }],
    });
    const turns: (string | undefined)[] = [];
    for (let at = 1; at <= 6; at += 1) {
      await ballast.create(`lesson-${at}`, {}, school);
      turns.push(await serverOf(`lesson-${at}`));
    }
    expect(new Set(turns.slice(0, 3)).size, turns.join()).to.equal(3);
    expect(turns.slice(3)).to.deep.equal(turns.slice(0, 3));
    await ballast.create('ours');
    const policies = (await placements('limit=2')).map(({ policy }) => policy);
    expect(policies).to.deep.equal(['fewest-meetings', 'round-robin']);

    const tenants = answered(await ballast.adminRequest('GET', 'tenants')) as {
      tenants: readonly { id: string; policy?: string }[];
    };
    expect(tenants.tenants.find(({ id }) => id === 'school')?.policy).to.equal('round-robin');
  });

  it('refuses a meeting when all servers are full and it was told to, and says of each why', async () => {
    await start(2, {
      settings: { placement: { whenFull: 'refuse' } },
      servers: { bbb1: { limits: { meetings: 1 } }, bbb2: { limits: { meetings: 1 } } },
    });
    await ballast.create('first');
    await ballast.create('second');
    const refused = await ballast.tryCreate('third');
    expect(refused.status).to.equal(200);
    expect(refused.returnCode).to.equal('FAILED');
    expect(refused.messageKey).to.equal('noServerAvailable');
    const [placed] = await placements('meetingId=third');
    expect(placed?.serverId).to.be.undefined;
    const told = await ballast.run('explain', placed?.id ?? '');
    expect(told).to.include('no server can take it: 2 above a ceiling');
    expect(told).to.include('would pass its fixed limit of 1 meeting: 1 meeting already');
  });

  it('takes the configured size and length of a meeting about which nothing is known', async () => {
    await start(1, {
      settings: { placement: { defaultMeetingSize: 7, defaultMeetingDuration: '30m' } },
    });
    await ballast.create('lesson');
    const [placed] = await placements('meetingId=lesson');
    const { expectation } = placed!.decision;
    expect(expectation).to.deep.include({ attendees: 7, durationsMs: [1_800_000], basis: 'default' });
    expect(await ballast.run('explain', 'lesson')).to.include('7 people for about 30 minutes assumed');
  });
});
