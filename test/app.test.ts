import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { request } from 'undici';
import { silentLogger } from '../src/log.js';
import { openStore } from '../src/store/open-store.js';
import { makeFolder } from './store/open-test-store.js';
import { AppRig, RIG_ADMIN_TOKEN, until } from './support/app-rig.js';

interface Placement {
  readonly serverId: string;
  readonly decision: {
    readonly expectation?: { readonly basis: string; readonly attendees: number };
    readonly candidates: readonly { readonly id: string; readonly cpuPerPerson: number }[];
  };
}

describe('App', () => {
  let folder: string;
  let rig: AppRig | undefined;
  beforeEach(() => {
    folder = makeFolder();
  });
  afterEach(async () => {
    await rig?.stop();
    rmSync(folder, { recursive: true });
  });

  const start = async (): Promise<AppRig> => {
    rig = await AppRig.start({
      servers: 1,
      settings: {
        store: `sqlite:${join(folder, 'ballast.db')}`,
        metrics: { source: 'ingest', window: '2s', refresh: '1s', maxAge: '10s' },
      },
    });
    return rig;
  };

  /** What Telegraf writes of a host of 64 cores. */
  const sample = async ({ app }: AppRig): Promise<void> => {
    const { statusCode, body } = await request(`${app.adminUrl}/api/v2/write?precision=ms`, {
      method: 'POST',
      headers: { Authorization: `Token ${RIG_ADMIN_TOKEN}` },
      body: [
        `cpu,cpu=cpu-total,server=bbb1 usage_idle=70 ${Date.now()}`,
        `system,server=bbb1 n_cpus=64i ${Date.now()}`,
      ].join('\n'),
    });
    await body.dump();
    expect(statusCode).to.equal(204);
  };

  const placementOf = async (running: AppRig, meetingId: string): Promise<Placement> => {
    const path = `placements?meetingId=${meetingId}&limit=1`;
    const { placements } = (await running.admin('GET', path)) as { placements: readonly Placement[] };
    return placements[0]!;
  };

  it('learns from its polls, samples and meetings, and knows it after a restart', async function () {
    this.timeout(30_000);
    const first = await start();
    const { answer, sim } = await first.create('lecture');
    const copy = sim.meetings.findInternal(answer.element('internalMeetingID') ?? '')!;
    sim.meetings.setAttendees(copy, 40);
    let asked = 0;
    await until('the cost of a person follows the cores of the host', async () => {
      await sample(first);
      asked += 1;
      await first.create(`probe-${asked}`);
      const { decision } = await placementOf(first, `probe-${asked}`);
      return decision.candidates[0]!.cpuPerPerson < 0.001;
    });
    await until('a poll has seen the lecture', async () => {
      const listed = (await first.admin('GET', 'meetings')) as {
        meetings: readonly { meetingId: string; attendees?: number }[];
      };
      return listed.meetings.some(({ meetingId, attendees }) => meetingId === 'lecture' && attendees === 40);
    });
    await first.call('end', { meetingID: 'lecture', password: 'mp' });
    await until('its end is known', async () => {
      const listed = (await first.admin('GET', 'meetings')) as {
        meetings: readonly { meetingId: string }[];
      };
      return !listed.meetings.some(({ meetingId }) => meetingId === 'lecture');
    });
    await first.stop();
    rig = undefined;

    const store = await openStore(`sqlite:${join(folder, 'ballast.db')}`, { logger: silentLogger });
    const cost = await store.learnt.readCost();
    await store.close();
    expect(cost?.squares[0]).to.be.greaterThan(0);

    const second = await start();
    await second.create('lecture');
    const { decision } = await placementOf(second, 'lecture');
    expect(decision.expectation?.basis).to.equal('room');
    expect(decision.expectation?.attendees).to.be.within(25, 40);
  });
});
