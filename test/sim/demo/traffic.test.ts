import { expect } from 'chai';
import { FrontEnd } from '../../../src/sim/demo/front-end.js';
import { Traffic } from '../../../src/sim/demo/traffic.js';
import { createRandom } from '../../../src/sim/random.js';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';

const MINUTE_MS = 60_000;

describe('demo traffic', () => {
  let server: SimServer;
  let frontEnd: FrontEnd;
  let traffic: Traffic;
  let now: number;
  let failures: string[];
  let isUp: boolean;

  beforeEach(async () => {
    now = 8 * 60 * MINUTE_MS;
    failures = [];
    isUp = true;
    server = await startSimServer({ id: 'bbb1', secret: 's' });
    frontEnd = new FrontEnd(server.url, 's');
    traffic = new Traffic({
      frontEnd,
      random: createRandom(5),
      now: () => now,
      isReachable: () => isUp,
      onCreateFailed: (room) => failures.push(room),
    });
  });
  afterEach(async () => {
    await frontEnd.close();
    await traffic.stop();
    await server.stop();
  });

  const play = async (minutes: number): Promise<void> => {
    for (let minute = 0; minute < minutes; minute++) {
      now += MINUTE_MS;
      traffic.advance();
      await traffic.settled();
      traffic.advance();
      await traffic.settled();
    }
  };

  it('creates rooms in bursts, lets people come over minutes and ends the rooms', async () => {
    await play(14);
    const first = traffic.counts;
    const { attendees, meetings, voice, video } = server.meetings.load();
    expect(meetings).to.equal(first.creates).and.be.within(8, 16);
    expect(first.joins - attendees).to.be.within(0, first.joins / 5);
    expect(attendees).to.be.above(5 * meetings);
    expect(voice).to.be.within(0.4 * attendees, 0.85 * attendees);
    expect(video).to.be.within(1, 0.4 * attendees);
    await play(50);
    expect(traffic.counts.ends).to.be.above(first.creates / 2);
    expect(traffic.counts).to.include({ failedCreates: 0, failedJoins: 0 });
    expect(server.calls.requests('create').some(({ query }) => query.includes('size-hint'))).to.be.true;
  });

  it('comes back to the front end when a server went away: create first, then join', async () => {
    await play(10);
    const { creates } = traffic.counts;
    isUp = false;
    for (const meeting of server.meetings.list()) server.meetings.setAttendees(meeting, 0);
    traffic.advance();
    isUp = true;
    await play(10);
    expect(traffic.counts.creates).to.be.at.least(creates * 2);
    expect(server.meetings.load().attendees).to.be.above(50);
  });

  it('tells of creates that fail and tries them again', async () => {
    server.faults.set('create', { kind: 'status', status: 503, times: 3 });
    await play(14);
    expect(failures).to.have.length(3);
    expect(traffic.counts.failedCreates).to.equal(3);
    expect(failures.every((room) => server.meetings.find(room))).to.be.true;
  });

  it('takes a join that leads nowhere for a failed one', async () => {
    server.faults.set('join', { kind: 'html', times: 2 });
    await play(10);
    expect(traffic.counts.failedJoins).to.equal(2);
    expect(traffic.counts.joins).to.be.above(20);
  });
});
