import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect } from 'chai';
import { OriginWatch } from '../../../src/sim/demo/origin-watch.js';
import { SimTraffic } from '../../../src/sim/demo/sim-traffic.js';
import { startSimServer, type SimServer } from '../../../src/sim/sim-server.js';
import { freeLoopbackPort } from '../../engines/rig/loopback-port.js';
import { until } from '../../support/app-rig.js';

describe('SimTraffic', () => {
  let server: SimServer;
  beforeEach(async () => {
    server = await startSimServer({ id: 'bbb1', secret: 's' });
  });
  afterEach(() => server.stop());

  it('holds lessons at the API it is given, and tells what it did', async () => {
    const lines: string[] = [];
    const traffic = await SimTraffic.start({
      apiUrl: `${server.url}/`,
      secret: 's',
      speed: 600,
      print: (line) => lines.push(line),
    });
    try {
      await until('people in meetings', () => server.meetings.load().attendees > 5);
    } finally {
      await traffic.stop();
    }
    expect(traffic.counts.creates).to.be.greaterThan(0);
    expect(traffic.counts).to.include({ failedCreates: 0, failedJoins: 0 });
    expect(lines[0]).to.equal('creates 0 (0 failed), joins 0 (0 failed), ends 0');
    expect(lines.at(-1)).to.include(`creates ${traffic.counts.creates} (0 failed)`);
  });

  it('is told of ends and recordings where it asks for it', async () => {
    const lines: string[] = [];
    const traffic = await SimTraffic.start({
      ...{ apiUrl: server.url, secret: 's', speed: 1 },
      callbacksUrl: `http://127.0.0.1:${await freeLoopbackPort()}`,
      print: (line) => lines.push(line),
    });
    try {
      await until('a recording', () =>
        lines.some((line) => line.startsWith('recording ready: Lesson recorded-1')),
      );
      expect(lines).to.include('ended: recorded-1');
    } finally {
      await traffic.stop();
    }
    expect(lines.at(-1)).to.match(/; told of 1 ends and 1 recordings$/);
  });

  it('tells of a create that fails, and goes on', async () => {
    server.faults.set('create', { kind: 'failed', key: 'maxMeetings', text: 'no more' });
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    const traffic = await SimTraffic.start({ apiUrl: server.url, secret: 's', speed: 600, print });
    try {
      await until('a failed create', () => lines.some((line) => /create of room-\d+ failed: /.test(line)));
      server.faults.clear();
      await until('a create that works', () => server.meetings.list().length > 0);
    } finally {
      await traffic.stop();
    }
  });
});

describe('OriginWatch', () => {
  it('notices within rounds that a server is gone and that it is back', async () => {
    const server = await startSimServer({ id: 'bbb1', secret: 's' });
    const watch = new OriginWatch();
    try {
      expect(watch.isReachable(server.origin)).to.equal(true);
      await server.refuse();
      watch.start();
      await until('gone', () => !watch.isReachable(server.origin));
      await server.accept();
      await until('back', () => watch.isReachable(server.origin));
    } finally {
      await watch.stop();
      await server.stop();
    }
  });

  it('counts a server as gone that takes connections and says nothing, and does not wait for it to stop', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const watch = new OriginWatch();
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    try {
      expect(watch.isReachable(origin)).to.equal(true);
      watch.start();
      await until('gone', () => !watch.isReachable(origin));
      const tried = sockets.length;
      await until('it is tried again', () => sockets.length > tried);
    } finally {
      const startedAt = performance.now();
      await watch.stop();
      expect(performance.now() - startedAt).to.be.lessThan(1_000);
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => silent.close(resolve));
    }
  });
});
