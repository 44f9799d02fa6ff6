import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { describeError } from '../../src/cli/cli-error.js';
import { runSimServers } from '../../src/sim/run-sim-servers.js';

describe('runSimServers', () => {
  it('counts from the number it is given, and is reached by the name it is given', async () => {
    const lines: string[] = [];
    const running = await runSimServers({
      ...{ count: 2, first: 3, secret: 'not-to-be-printed', secretPlace: 'of SIM_SECRET' },
      ...{ publicHost: 'localhost', hasAttendees: false },
      print: (line) => lines.push(line),
    });
    try {
      const { servers } = running;
      expect(servers.map(({ id }) => id)).to.deep.equal(['bbb3', 'bbb4']);
      const [url = ''] = servers.map((server) => server.url);
      expect(url).to.match(/^http:\/\/localhost:\d+\/bigbluebutton\/api$/);
      expect((await fetch(url.replace('localhost', '127.0.0.1'))).status).to.equal(200);
      expect(lines[0]).to.equal(`bbb3 ${url} secret of SIM_SECRET`);
    } finally {
      await running.stop();
    }
  });

  it('names the port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    try {
      const options = { basePort: port, secret: 's', hasAttendees: false, print: () => undefined };
      const error: unknown = await runSimServers(options).catch((caught: unknown) => caught);
      expect(describeError(error)).to.include(`127.0.0.1:${port} is in use by another process`);
    } finally {
      taken.close();
    }
  });
});
