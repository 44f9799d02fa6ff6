import { expect } from 'chai';
import { BbbClient } from '../../../src/bbb/client.js';
import { HookRegistrar } from '../../../src/callbacks/hooks/hook-registrar.js';
import { startSimServer, type SimServer, type SimServerOptions } from '../../../src/sim/sim-server.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const URL = 'https://ballast.example/callbacks/hooks/bbb1/token?a=1&b=ü';

describe('HookRegistrar', () => {
  const client = new BbbClient({ logger: new RecordingLogger() });
  const registrar = new HookRegistrar({ call: (server, request) => client.call(server, request) });
  const { signal } = new AbortController();
  let server: SimServer | undefined;

  afterEach(() => server?.stop());
  after(() => client.close());

  async function start(options: Partial<SimServerOptions> = {}) {
    server = await startSimServer({ id: 'bbb1', secret: 'server-secret', ...options });
    const { id, url, secret } = server;
    return { sim: server, address: { id, url, secret, allowInsecureTls: false } };
  }

  it('registers and removes, each as often as one likes', async () => {
    const { sim, address } = await start();
    const hookId = await registrar.register(address, URL, signal);
    expect(sim.hooks.hooks).to.deep.equal([
      { id: hookId, callbackUrl: URL, meetingId: undefined, eventIds: [] },
    ]);
    expect(await registrar.register(address, URL, signal)).to.equal(hookId);
    await registrar.remove(address, hookId, signal);
    await registrar.remove(address, hookId, signal);
    expect(sim.hooks.hooks).to.deep.equal([]);
  });

  it('signs with SHA-1, and with SHA-256 where that is refused', async () => {
    for (const [algorithms, lengths] of [
      [['sha1'], [40]],
      [
        ['sha256', 'sha512'],
        [40, 64],
      ],
    ] as const) {
      const { sim, address } = await start({ algorithms });
      await registrar.register(address, URL, signal);
      const signed = sim.calls
        .requests('hooks/create')
        .map(({ query }) => query.split('checksum=')[1]?.length);
      expect(signed).to.deep.equal(lengths);
      await sim.stop();
    }
  });

  it('throws where there are no webhooks, a wrong secret or no answer, without telling the URL', async () => {
    const { sim, address } = await start({ hasWebhooks: false });
    const failures: unknown[] = [];
    const attempt = async (secret: string): Promise<void> => {
      await registrar.register({ ...address, secret }, URL, signal).then(
        () => failures.push('registered'),
        (error: unknown) => failures.push(error),
      );
    };
    await attempt(address.secret);
    await sim.stop();
    await attempt(address.secret);
    const other = await start();
    await registrar.register({ ...other.address, secret: 'wrong' }, URL, signal).catch((error: unknown) => {
      failures.push(error);
    });
    expect(failures).to.have.length(3);
    for (const failure of failures) {
      expect(failure).to.be.instanceOf(Error);
      expect(String(failure)).not.to.contain('token');
    }
    expect(String(failures[2])).to.contain('checksumError');
  });
});
