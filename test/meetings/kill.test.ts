import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { startSimServer, type SimServer } from '../../src/sim/sim-server.js';
import { liveCopy } from '../support/meeting-rig.js';
import { callBbb, elementText, rawRequest } from '../support/sim-client.js';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const SECRET = 'secret-of-the-front-end';
const CALLERS = 8;

/** A balancer in a process of its own; `kill` ends it hard. */
interface Balancer {
  readonly url: string;
  kill(): Promise<void>;
}

describe('a balancer killed hard while it creates meetings', () => {
  let folder: string;
  let sims: readonly SimServer[];
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ballast-kill-'));
    sims = await Promise.all(
      ['bbb1', 'bbb2', 'bbb3'].map((id) => startSimServer({ id, secret: `secret-of-${id}` })),
    );
    const config = {
      listen: { port: 0 },
      store: `sqlite:${join(folder, 'ballast.db')}`,
      secrets: [SECRET],
      poll: { interval: '1s', timeout: '500ms', onlineAfter: 1 },
      create: { firstTry: '300ms', deadline: '3s' },
      metrics: { source: 'none' },
      log: { format: 'json' },
    };
    writeFileSync(join(folder, 'ballast.yaml'), JSON.stringify(config));
    const cluster = sims.map(({ id, url, secret }) => JSON.stringify({ kind: 'Server', id, url, secret }));
    writeFileSync(join(folder, 'cluster.yaml'), cluster.join('\n---\n'));
  });

  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all(sims.map((sim) => sim.stop()));
    rmSync(folder, { recursive: true });
  });

  async function startBalancer(): Promise<Balancer> {
    const files = ['--config', join(folder, 'ballast.yaml'), '--apply', join(folder, 'cluster.yaml')];
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'serve', ...files], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const closed = once(child, 'close');
    let printed = '';
    const listening = new Promise<string>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          printed += text;
          const url = /"url":"(http:[^"]+)"/.exec(printed)?.[1];
          if (url !== undefined) resolve(url);
        });
      }
    });
    const url = await Promise.race([listening, closed.then(() => expect.fail(printed))]);
    return {
      url: `${new URL(url).origin}/bigbluebutton/api`,
      kill: async () => {
        child.kill('SIGKILL');
        await closed;
        children.delete(child);
      },
    };
  }

  /** Creates meetings until the balancer is gone; returns the IDs that were answered SUCCESS. */
  async function createUntilKilled(balancer: Balancer, round: number, count: number): Promise<string[]> {
    const answered: string[] = [];
    let next = 0;
    const caller = async (): Promise<void> => {
      for (;;) {
        next += 1;
        const meetingId = `round-${round}-class-${next}`;
        const query = `meetingID=${meetingId}&name=class&meetingExpireIfNoUserJoinedInMinutes=0`;
        try {
          const { text } = await callBbb({ url: balancer.url, secret: SECRET }, 'create', query);
          if (elementText(text, 'returncode') === 'SUCCESS') answered.push(meetingId);
        } catch {
          return;
        }
      }
    };
    const callers = Array.from({ length: CALLERS }, caller);
    while (answered.length < count) await new Promise((resolve) => setImmediate(resolve));
    await balancer.kill();
    await Promise.all(callers);
    return answered;
  }

  const homes = (meetingId: string): readonly SimServer[] =>
    sims.filter((sim) => liveCopy(sim, meetingId) !== undefined);

  it('knows each meeting it answered for when it starts again, on one server, and settles the others', async function () {
    this.timeout(40_000);
    const answered: string[] = [];
    // A server carries some creates out without answering: copies are left behind when the balancer dies.
    for (let round = 0; round < 2; round += 1) {
      const balancer = await startBalancer();
      sims[round]!.faults.set('create', { kind: 'reset', isCarriedOut: true, times: 3 });
      answered.push(...(await createUntilKilled(balancer, round, 30 + Math.floor(Math.random() * 90))));
      for (const sim of sims) sim.faults.clear();
    }
    const { url } = await startBalancer();
    const known = await Promise.all(
      answered.map(async (meetingId) => {
        const join = `meetingID=${meetingId}&fullName=Ada&role=VIEWER`;
        const checksummed = await callBbb({ url, secret: SECRET }, 'join', join);
        return [meetingId, String(checksummed.headers.location)] as const;
      }),
    );
    for (const [meetingId, location] of known) {
      const home = sims.find((sim) => location.startsWith(sim.url));
      expect(home, `${meetingId} can be joined: ${location}`).to.not.equal(undefined);
      expect(homes(meetingId), meetingId).to.include(home);
    }
    const [first] = known;
    expect((await rawRequest(first![1])).headers.location).to.include('/html5client/');
    // Copies left behind by creates that were cut are ended by the first polls, each once no server has two.
    const ids = new Set(sims.flatMap((sim) => sim.meetings.list().map(({ meetingId }) => meetingId)));
    const deadline = Date.now() + 10_000;
    const doubled = (): readonly string[] => [...ids].filter((meetingId) => homes(meetingId).length > 1);
    while (doubled().length > 0) {
      if (Date.now() > deadline) expect.fail(`still on two servers: ${doubled().join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(answered.filter((meetingId) => homes(meetingId).length !== 1)).to.deep.equal([]);
    expect(answered.length).to.be.at.least(60);
  });
});
