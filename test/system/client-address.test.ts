import { expect } from 'chai';
import type { RunningBallast } from './running-ballast.js';
import { SystemRig } from './system-rig.js';

const LIMIT = 4;

describe('system: who a client is', function () {
  this.timeout(60_000);
  const rig = new SystemRig();
  const settings = { checksum: { failuresPerMinute: LIMIT } };
  let behindProxy: RunningBallast;
  before(async () => {
    await rig.addSims(1);
    behindProxy = await rig.serve({ settings: { ...settings, trustProxy: 'loopback' } });
  });
  after(() => rig.stop());

  /** Calls with a wrong checksum from that address, as a proxy names it; the keys of the answers. */
  async function guess(ballast: RunningBallast, from: string, times: number): Promise<readonly unknown[]> {
    const keys: unknown[] = [];
    for (let at = 0; at < times; at++) {
      const answer = await ballast.call('getMeetings', '', {
        secret: `guess-${at}`,
        headers: { 'x-forwarded-for': from },
      });
      expect(answer.status).to.be.below(500);
      keys.push(answer.messageKey);
    }
    return keys;
  }

  it('is told by a trusted proxy: guesses from one address do not slow another, valid calls never', async () => {
    const ballast = behindProxy;
    const keys = await guess(ballast, '203.0.113.1', LIMIT + 2);
    expect(keys.slice(0, LIMIT)).to.deep.equal(Array.from({ length: LIMIT }, () => 'checksumError'));
    expect(keys.slice(LIMIT)).to.deep.equal(['tooManyFailedChecksums', 'tooManyFailedChecksums']);
    // What the client itself put in front of the proxy's word does not count.
    expect(await guess(ballast, '198.51.100.9, 203.0.113.1', 1)).to.deep.equal(['tooManyFailedChecksums']);
    expect(await guess(ballast, '203.0.113.2', 1)).to.deep.equal(['checksumError']);
    const valid = await ballast.call('getMeetings', '', { headers: { 'x-forwarded-for': '203.0.113.1' } });
    expect(valid.returnCode).to.equal('SUCCESS');
  });

  it('is limited at the admin API as well, where a valid token always passes', async () => {
    const ballast = behindProxy;
    const statuses: number[] = [];
    for (let at = 0; at < LIMIT + 1; at++) {
      statuses.push((await ballast.adminRequest('GET', 'servers', { token: `guess-${at}` })).status);
    }
    expect(statuses).to.deep.equal([401, 401, 401, 401, 429]);
    expect((await ballast.servers()).length).to.equal(1);
  });

  it('is the peer itself where no proxy is trusted', async () => {
    await behindProxy.stop();
    const ballast = await rig.serve({ settings: { ...settings, trustProxy: false } });
    await guess(ballast, '203.0.113.1', LIMIT);
    expect(await guess(ballast, '203.0.113.2', 1)).to.deep.equal(['tooManyFailedChecksums']);
    expect((await ballast.call('getMeetings')).returnCode).to.equal('SUCCESS');
  });
});
