import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect } from 'chai';
import { DemoWorld } from '../../../src/sim/demo/demo-world.js';
import { rawRequest } from '../../support/sim-client.js';

describe('demo world', () => {
  it('carries traffic through Ballast while a server dies and returns, and ends within two seconds', async () => {
    const world = await DemoWorld.start({ diesMs: 1_500, returnsMs: 3_500, againMs: Infinity });
    const has = (text: string): boolean => world.watch.notes.some((note) => note.text.includes(text));
    const isDone = (): boolean =>
      ['is back', 'online → unstable', '→ online', 'ended: recorded-1', 'ready: Lesson recorded-1'].every(
        has,
      ) && world.traffic.counts.joins > 30;
    try {
      const deadline = Date.now() + 15_000;
      while (!isDone() && Date.now() < deadline) {
        await world.advance();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const told = world.watch.notes.map(({ text }) => text).join('\n');
      expect(told).to.include('bbb3 is back');
      expect(isDone(), told).to.be.true;
      expect(world.traffic.counts.failedCreates, told).to.equal(0);
      expect(world.splitMeetings).to.deep.equal([]);
      expect(world.watch.snapshot.servers.map(({ id }) => id)).to.deep.equal([
        'bbb1',
        'bbb2',
        'bbb3',
        'bbb4',
      ]);
      expect(world.watch.snapshot.servers.every(({ cpu }) => cpu !== undefined)).to.be.true;
      expect((await rawRequest(world.frontEnd.sign('getMeetings'))).text).to.include('<meeting>');
      expect((await rawRequest(`${world.app.adminUrl}/metrics`)).text).to.include(
        'ballast_server_cpu_ratio{',
      );
    } finally {
      const from = Date.now();
      await world.stop();
      expect(Date.now() - from).to.be.below(2_000);
    }
    expect(existsSync(dirname(world.setup.clusterFile))).to.be.false;
  }).timeout(20_000);
});
