import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { describeError } from '../../src/cli/cli-error.js';
import { runSimServers } from '../../src/sim/run-sim-servers.js';

describe('runSimServers', () => {
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
