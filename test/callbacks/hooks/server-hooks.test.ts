import { expect } from 'chai';
import { ServerHooks, type ServerHooksDeps } from '../../../src/callbacks/hooks/server-hooks.js';
import { FakeWebhooks, MemoryServerHooks } from '../../support/fake-webhooks.js';
import { RecordingLogger } from '../../support/recording-logger.js';

const MINUTE_MS = 60_000;
const BBB1 = {
  id: 'bbb1',
  url: 'https://bbb1.example/bigbluebutton/api',
  secret: 's',
  allowInsecureTls: false,
};

async function rig(given: Partial<ServerHooksDeps> & { readonly store?: MemoryServerHooks } = {}) {
  const webhooks = new FakeWebhooks();
  const store = given.store ?? new MemoryServerHooks();
  const logger = new RecordingLogger();
  const left: string[] = [];
  let now = 1_000_000;
  let tokens = 0;
  const hooks = await ServerHooks.load({
    ...{ store, logger, registrar: webhooks, servers: [BBB1], isOn: true },
    isMember: () => true,
    baseFor: () => 'https://ballast.example',
    newToken: () => `token-${(tokens += 1)}`,
    onLeft: (serverId) => left.push(serverId),
    now: () => now,
    ...given,
  });
  return {
    ...{ hooks, webhooks, store, logger, left },
    /** A good poll `afterMs` later, and all that follows it. */
    poll: async (afterMs = 0, healthSince = 0, definition = BBB1): Promise<void> => {
      now += afterMs;
      hooks.onPolled({ definition, healthSince });
      await settled();
    },
  };
}

/** The fakes answer within microtasks. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe('ServerHooks', () => {
  it('registers once a poll has shown the server, and knows who has the URL', async () => {
    const { hooks, webhooks, poll } = await rig();
    expect([hooks.isUp('bbb1'), hooks.isFrom('bbb1', ''), hooks.isFrom('bbb2', '')]).to.deep.equal([
      undefined,
      false,
      false,
    ]);
    await poll();
    expect([...webhooks.urls.values()]).to.deep.equal([
      'https://ballast.example/callbacks/hooks/bbb1/token-1',
    ]);
    expect(hooks.isUp('bbb1')).to.equal(true);
    expect(hooks.isFrom('bbb1', 'token-1')).to.equal(true);
    for (const [id, token] of [
      ['bbb1', 'token-2'],
      ['bbb1', 'token-11'],
      ['bbb2', 'token-1'],
    ] as const) {
      expect(hooks.isFrom(id, token)).to.equal(false);
    }
  });

  it('looks every five minutes whether it is still there, and at once after each change of health', async () => {
    const { webhooks, poll } = await rig();
    await poll();
    await poll(MINUTE_MS);
    expect(webhooks.asked).to.have.length(1);
    webhooks.urls.clear();
    await poll(4 * MINUTE_MS);
    expect(webhooks.urls.size).to.equal(1);
    webhooks.urls.clear();
    await poll(10_000, 7);
    expect(webhooks.urls.size).to.equal(1);
    await poll(10_000, 7);
    expect(webhooks.asked).to.have.length(3);
  });

  it('asks a server without webhooks ever more seldom, at last hourly, and says it once', async () => {
    const { hooks, webhooks, logger, poll } = await rig();
    webhooks.failure = new Error('404');
    for (let minute = 0; minute < 10 * 60; minute += 1) await poll(MINUTE_MS);
    expect(webhooks.asked.length).to.be.within(11, 13);
    expect(hooks.isUp('bbb1')).to.equal(false);
    expect(logger.lines).to.have.length(1);
    expect(logger.lines[0]).to.match(/^info server takes no webhook/);
    webhooks.failure = undefined;
    await poll(60 * MINUTE_MS);
    expect(hooks.isUp('bbb1')).to.equal(true);
  });

  it('keeps token and hook over a restart, and drops what belongs to servers that are gone', async () => {
    const first = await rig();
    await first.poll();
    await first.hooks.stop();
    first.store.rows.set('old', { serverId: 'old', token: 'x', registered: undefined });
    const second = await rig({ store: first.store, newToken: () => 'another' });
    expect(second.hooks.isFrom('bbb1', 'token-1')).to.equal(true);
    expect(second.hooks.isFrom('old', 'x')).to.equal(false);
    expect([...first.store.rows.keys()]).to.deep.equal(['bbb1']);
    await second.poll();
    expect([...second.webhooks.urls.values()]).to.deep.equal([
      'https://ballast.example/callbacks/hooks/bbb1/token-1',
    ]);
  });

  it('replaces the hook when Ballast has moved to another address', async () => {
    const first = await rig();
    await first.poll();
    const { webhooks, poll } = await rig({
      store: first.store,
      registrar: first.webhooks,
      baseFor: () => 'https://new.example',
    });
    expect(webhooks.asked).to.deep.equal([]);
    await poll();
    expect([...first.webhooks.urls.values()]).to.deep.equal([
      'https://new.example/callbacks/hooks/bbb1/token-1',
    ]);
  });

  it('removes the hook of a server that leaves, and forgets it also if that does not answer', async () => {
    for (const failure of [undefined, new Error('down')]) {
      const { hooks, webhooks, store, left, poll } = await rig();
      await poll();
      webhooks.failure = failure;
      hooks.forget('bbb1');
      expect(hooks.isFrom('bbb1', 'token-1')).to.equal(false);
      await hooks.stop();
      expect(webhooks.asked).to.deep.equal(['register bbb1', 'remove bbb1']);
      expect(webhooks.urls.size).to.equal(failure === undefined ? 0 : 1);
      expect(store.rows.size).to.equal(0);
      expect(left).to.deep.equal(['bbb1']);
    }
  });

  it('removes what was registered once it is switched off', async () => {
    const first = await rig();
    await first.poll();
    const { hooks, store, poll } = await rig({ store: first.store, registrar: first.webhooks, isOn: false });
    await poll();
    expect([first.webhooks.urls.size, store.rows.size, hooks.isUp('bbb1')]).to.deep.equal([0, 0, undefined]);
    await poll(10 * MINUTE_MS);
    expect(first.webhooks.asked).to.deep.equal(['register bbb1', 'remove bbb1']);
  });

  it('gives no server an address under which it would not reach Ballast', async () => {
    const { hooks, webhooks, logger, poll } = await rig({ baseFor: () => undefined });
    await poll();
    await poll(60 * MINUTE_MS);
    expect(webhooks.asked).to.deep.equal([]);
    expect(hooks.isUp('bbb1')).to.equal(undefined);
    expect(logger.lines).to.have.length(1);
  });

  it('takes no hook from a server that has left, though a poll of it was under way', async () => {
    const members = new Set(['bbb1']);
    const { hooks, webhooks, store, poll } = await rig({ isMember: (serverId) => members.has(serverId) });
    await poll();
    members.delete('bbb1');
    hooks.forget('bbb1');
    await poll();
    await hooks.stop();
    expect(webhooks.asked).to.deep.equal(['register bbb1', 'remove bbb1']);
    expect([store.rows.size, hooks.isUp('bbb1')]).to.deep.equal([0, undefined]);
  });

  it('asks any number of servers at once without a warning of Node', async () => {
    const warnings: string[] = [];
    const onWarning = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', onWarning);
    const asked: string[] = [];
    const { hooks, poll } = await rig({
      registrar: {
        register: (server, _url, signal) =>
          new Promise((_, reject) => {
            asked.push(server.id);
            signal.addEventListener(
              'abort',
              () => {
                reject(new Error('stopped'));
              },
              { once: true },
            );
          }),
        remove: () => Promise.resolve(),
      },
    });
    try {
      for (let at = 0; at < 50; at += 1) await poll(0, 0, { ...BBB1, id: `bbb${at}` });
      await settled();
      expect(asked).to.have.length(50);
      expect(warnings).to.deep.equal([]);
    } finally {
      await hooks.stop();
      process.off('warning', onWarning);
    }
  });

  it('asks again at once where a server was redefined', async () => {
    const { webhooks, poll } = await rig();
    await poll();
    await poll(1_000, 0, { ...BBB1, secret: 'new' });
    expect(webhooks.asked).to.deep.equal(['register bbb1', 'register bbb1']);
  });
});
