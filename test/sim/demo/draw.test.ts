import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import { drawHeader, drawPicture, type Picture } from '../../../src/sim/demo/draw.js';
import { Outage } from '../../../src/sim/demo/outage.js';
import { SplitWatch } from '../../../src/sim/demo/split-watch.js';
import { type SimServer, startSimServer } from '../../../src/sim/sim-server.js';
import { callBbb } from '../../support/sim-client.js';

const SERVER = {
  id: 'bbb1',
  url: 'http://127.0.0.1:1/bigbluebutton/api',
  adminState: 'enabled',
  isDraining: false,
  health: 'online',
  tags: [],
  loadMultiplier: 1,
  limits: {},
  cpu: 0.354,
  load: 0.42,
  attendees: 120,
  reservedAttendees: 7.4,
  meetings: 8,
} as const;
const PICTURE: Picture = {
  demoTime: 8.5 * 3_600_000,
  snapshot: {
    servers: [
      SERVER,
      { ...SERVER, id: 'bbb22', health: 'offline', cpu: undefined, attendees: undefined, load: undefined },
    ],
    placements: [
      {
        id: '1',
        at: 0,
        meetingId: 'room-1',
        serverId: 'bbb1',
        expectedAttendees: 15,
        decision: { reason: 'lowest-load', explanation: 'the lowest of 2' },
        retries: [],
      },
    ],
  },
  notes: [{ at: 0, text: 'bbb22 dies' }],
  counts: { creates: 3, failedCreates: 0, joins: 20, failedJoins: 1, ends: 1 },
};

describe('demo picture', () => {
  it('shows servers, the last placements with the reason, and what happened', () => {
    const lines = drawPicture(PICTURE, { isColoured: false, columns: undefined });
    expect(lines).to.deep.equal([
      '08:30   3 creates, 0 failed   20 joins, 1 tried again   1 ends',
      '',
      'server  state     CPU  attendees  reserved  meetings  load',
      'bbb1    online   35 %        120         7         8  42 %',
      'bbb22   offline     -          -         7         8     -',
      '',
      'Last placements',
      '  room-1 (15) → bbb1       lowest-load: the lowest of 2',
      '',
      'What happened',
      '  bbb22 dies',
    ]);
  });

  it('cuts lines at the width of the terminal and colours states', () => {
    const lines = drawPicture(PICTURE, { isColoured: true, columns: 20 });
    expect(Math.max(...lines.map((line) => stripVTControlCharacters(line).length))).to.equal(20);
    expect(lines[4]?.startsWith('\u001b[31mbbb22')).to.be.true;
  });

  it('names the API URL first', () => {
    const links = {
      apiUrl: 'http://127.0.0.1:9/bigbluebutton/api',
      secret: 's',
      signedUrl: 'U',
      metricsUrl: 'M',
      adminUrl: 'A',
      adminToken: 't',
    };
    expect(drawHeader(links).split('\n').slice(0, 4)).to.deep.equal([
      'BBB API   http://127.0.0.1:9/bigbluebutton/api/',
      'secret    s',
      "try       curl 'U'",
      'metrics   M',
    ]);
  });
});

describe('demo outage and split watch', () => {
  let servers: SimServer[];

  beforeEach(async () => {
    servers = [
      await startSimServer({ id: 'bbb1', secret: 's' }),
      await startSimServer({ id: 'bbb2', secret: 's' }),
    ];
    for (const server of servers) await callBbb(server, 'create', 'name=Demo&meetingID=room-1');
  });
  afterEach(() => Promise.all(servers.map((server) => server.stop())));

  it('cuts people off, keeps the meetings, and comes again', async () => {
    const [server] = servers;
    const said: string[] = [];
    const outage = new Outage(server!, { diesMs: 100, returnsMs: 200, againMs: 1_000 }, (text) =>
      said.push(text),
    );
    server!.meetings.setAttendees(server!.meetings.find('room-1')!, 5);
    const isUp: boolean[] = [];
    for (const elapsedMs of [0, 100, 150, 200, 1_099, 1_100, 1_200]) {
      await outage.advance(elapsedMs);
      isUp.push(server!.isListening);
    }
    expect(isUp).to.deep.equal([true, false, false, true, true, false, true]);
    expect(said[0]).to.equal('bbb1 dies: 5 people in 1 meetings are cut off');
    expect(server!.meetings.list()).to.have.length(1);
  });

  it('finds meetings with people on two servers, and empty copies that stay', () => {
    const watch = new SplitWatch(servers);
    watch.look(0);
    expect(watch.found(0, 1_000)).to.deep.equal([]);
    watch.look(1_000);
    expect(watch.found(1_000, 1_000)).to.deep.equal(['room-1']);
    const [first, second] = servers.map((server) => server.meetings.find('room-1')!);
    servers[1]!.meetings.end(second!);
    watch.look(2_000);
    expect(watch.found(2_000, 1_000)).to.deep.equal([]);
    servers[0]!.meetings.setAttendees(first!, 1);
    servers[1]!.meetings.setAttendees(servers[1]!.meetings.create('room-1', second!.settings), 1);
    watch.look(2_100);
    servers[0]!.meetings.end(first!);
    watch.look(2_200);
    expect(watch.found(2_200, 1_000)).to.deep.equal(['room-1']);
  });
});
