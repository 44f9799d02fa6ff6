import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { until } from '../support/app-rig.js';
import type { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

describe('system: the end of a balancer', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  before(() => rig.addSims(1));
  after(() => rig.stop());

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`finishes the call under way on ${signal}, closes idle connections and exits with 0`, async () => {
      const ballast = await rig.serve();
      const idle = await keptAlive(ballast);
      const idleClosed = once(idle, 'close');
      const sim = rig.sim('bbb1');
      sim.faults.set('create', { kind: 'slow', delayMs: 400, times: 1, isCarriedOut: true });
      const underWay = ballast.create(`under-way-${signal}`);
      await until(
        'the create is at the server',
        () => sim.calls.creates(`under-way-${signal}`) > 0 || !sim.faults.list().create,
      );

      const stoppedAt = Date.now();
      ballast.process.signal(signal);
      await until('new connections are refused', () => isRefused(ballast));
      expect((await underWay).returnCode).to.equal('SUCCESS');
      await idleClosed;
      const { code } = await ballast.process.ended;
      expect(code).to.equal(0);
      expect(Date.now() - stoppedAt).to.be.below(15_000);
      expect(ballast.process.stderr).to.equal('');
    });
  }
});

/** A connection that has had its answer and stays open, as nginx keeps them. */
async function keptAlive(ballast: RunningBallast): Promise<Socket> {
  const { hostname, port } = new URL(ballast.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`GET /health HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).to.match(/^HTTP\/1\.1 200/);
  socket.resume();
  return socket;
}

async function isRefused(ballast: RunningBallast): Promise<boolean> {
  const { hostname, port } = new URL(ballast.url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}
