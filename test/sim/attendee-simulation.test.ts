import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { AttendeeSimulation } from '../../src/sim/attendee-simulation.js';
import { HostReporter } from '../../src/sim/host-reporter.js';
import { createRandom } from '../../src/sim/random.js';
import { runSimServers } from '../../src/sim/run-sim-servers.js';
import { planSession } from '../../src/sim/session-plan.js';
import { startSimServer } from '../../src/sim/sim-server.js';
import { callBbb, rawRequest } from '../support/sim-client.js';

describe('sim attendees', () => {
  it('plans sessions within their bounds, the moderator first', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), fc.integer({ min: 2, max: 60 }), (room, seed, maxSize) => {
        const { startsAt, endsAt, attendees } = planSession(room, 1_000, createRandom(seed), { maxSize });
        expect(attendees.length).to.be.within(2, maxSize);
        expect(attendees[0]).to.include({ role: 'MODERATOR', arrivesAt: startsAt, leavesAt: endsAt });
        for (const { arrivesAt, leavesAt } of attendees) {
          expect(arrivesAt).to.be.at.least(startsAt);
          expect(leavesAt).to.be.within(arrivesAt, endsAt);
        }
      }),
    );
  });

  it('keeps the size and length of a room from session to session', () => {
    const sizes = Array.from(
      { length: 30 },
      (_, seed) => planSession('room 7', 0, createRandom(seed)).attendees.length,
    );
    expect(Math.max(...sizes) / Math.min(...sizes)).to.be.below(2.5);
    const rooms = Array.from(
      { length: 200 },
      (_, n) => planSession(`room ${n}`, 0, createRandom(n)).attendees.length,
    ).sort((left, right) => left - right);
    expect(rooms[100]).to.be.within(10, 22);
    expect(rooms[199]).to.be.above(50);
  });

  it('fills a meeting over minutes and ends it when its time is over', async () => {
    let now = 1_700_000_000_000;
    const server = await startSimServer({ id: 'bbb1', secret: 's', now: () => now });
    try {
      await callBbb(server, 'create', 'name=Demo&meetingID=room-1');
      const people = new AttendeeSimulation({ servers: [server], random: createRandom(3) });
      const counts: number[] = [];
      for (let minute = 0; minute < 120; minute++) {
        people.advance(now);
        counts.push(server.meetings.load().attendees);
        now += 60_000;
      }
      expect(counts[0]).to.equal(1);
      expect(counts[20]).to.be.above(counts[2] ?? Infinity);
      expect(counts[119]).to.equal(0);
      expect(server.meetings.list()).to.deep.equal([]);
    } finally {
      await server.stop();
    }
  });

  it('reports hosts that listen, with the token, and falls silent for those that do not', async () => {
    const bodies: string[] = [];
    const ingest = createServer((request, reply) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        bodies.push(
          `${request.method ?? ''} ${request.url ?? ''} ${request.headers.authorization ?? ''}\n${body}`,
        );
        reply.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => ingest.listen(0, '127.0.0.1', resolve));
    const running = await runSimServers({
      count: 2,
      secret: 's',
      print: () => undefined,
      hasAttendees: false,
    });
    const url = `http://127.0.0.1:${(ingest.address() as AddressInfo).port}/`;
    const reporter = new HostReporter({ servers: running.servers, url, token: 'T' });
    try {
      await reporter.report();
      await running.servers[0]?.refuse();
      await reporter.report();
      expect(bodies[0]).to.match(/^POST \/api\/v2\/write\?org=ballast&bucket=ballast&precision=ns Token T\n/);
      expect(bodies[0]).to.include('server=bbb1').and.include('server=bbb2');
      expect(bodies[1]).to.not.include('server=bbb1');
    } finally {
      await reporter.stop();
      await running.stop();
      ingest.closeAllConnections();
      ingest.close();
    }
  });

  it('prints a line with URL and secret for each server that runs', async () => {
    const printed: string[] = [];
    const running = await runSimServers({ count: 2, secret: 'open', print: (line) => printed.push(line) });
    try {
      expect(printed).to.have.length(2);
      const url = /^bbb1 (http:\S+\/bigbluebutton\/api) secret open$/.exec(printed[0] ?? '')?.[1];
      expect((await rawRequest(url ?? '')).text).to.include('SUCCESS');
    } finally {
      await running.stop();
    }
  });
});
