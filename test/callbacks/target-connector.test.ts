import { expect } from 'chai';
import { CallbackSender } from '../../src/callbacks/send-callback.js';
import type { LookupAll } from '../../src/callbacks/lookup-lane.js';
import { BlockedTargetError } from '../../src/callbacks/target-connector.js';
import { cannedSourceServer, type CannedSourceServer } from '../support/canned-source-server.js';
import { getRequest, rejection } from '../support/sent-callback.js';

const NEVER = new AbortController().signal;

describe('sending a callback when private targets are not allowed', () => {
  let target: CannedSourceServer;
  let sender: CallbackSender;
  const open = (options: { timeoutMs?: number; lookup?: LookupAll } = {}): CallbackSender => {
    const { timeoutMs = 2_000, lookup } = options;
    return new CallbackSender({ allowPrivateTargets: false, timeoutMs, connections: 4, lookup });
  };
  beforeEach(async () => {
    target = await cannedSourceServer();
    sender = open();
  });
  afterEach(async () => {
    await sender.close();
    await target.close();
  });

  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::ffff:127.0.0.1]', 'localhost']) {
    it(`does not connect to http://${host}`, async () => {
      const url = `http://${host}:${new URL(target.url).port}/`;
      expect(await rejection(sender.send(getRequest(url), NEVER))).to.be.instanceOf(BlockedTargetError);
      expect(target.bodies).to.deep.equal([]);
      expect(target.openSockets).to.equal(0);
    });
  }

  it('does not connect to a name that resolves to a private address, in each family', async () => {
    for (const [address, family] of [
      ['127.0.0.1', 4],
      ['::1', 6],
      ['10.1.2.3', 4],
    ] as const) {
      const only: LookupAll = (_name, _options, callback) => {
        callback(null, [{ address, family }]);
      };
      sender = open({ lookup: only });
      const url = `http://front.example:${new URL(target.url).port}/`;
      expect(await rejection(sender.send(getRequest(url), NEVER))).to.be.instanceOf(BlockedTargetError);
      await sender.close();
    }
    expect(target.bodies).to.deep.equal([]);
  });

  it('is not fooled by a name that is public first and loopback next', async () => {
    const answers = ['198.51.100.1', '127.0.0.1'];
    const asked: string[] = [];
    // What is checked is what is connected to: one look-up a connection, and no second one behind it.
    const rebinding: LookupAll = (name, _options, callback) => {
      asked.push(name);
      callback(null, [{ address: asked.length % 2 === 1 ? '8.8.8.8' : (answers[1] ?? ''), family: 4 }]);
    };
    sender = open({ lookup: rebinding, timeoutMs: 300 });
    const url = `http://front.example:${new URL(target.url).port}/`;
    const first = await rejection(sender.send(getRequest(url), NEVER));
    expect(first).not.to.be.instanceOf(BlockedTargetError);
    expect(asked).to.have.length(1);
    expect(await rejection(sender.send(getRequest(url), NEVER))).to.be.instanceOf(BlockedTargetError);
    expect(target.bodies).to.deep.equal([]);
  });

  it('connects to the public ones among the addresses of a name', async () => {
    const mixed: LookupAll = (_name, _options, callback) => {
      callback(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '8.8.8.8', family: 4 },
      ]);
    };
    sender = open({ lookup: mixed, timeoutMs: 300 });
    const url = `http://front.example:${new URL(target.url).port}/`;
    expect(await rejection(sender.send(getRequest(url), NEVER))).not.to.be.instanceOf(BlockedTargetError);
    expect(target.bodies).to.deep.equal([]);
  });

  it('looks up no second name while the look-up of a first one hangs', async () => {
    const asked: string[] = [];
    const hanging: LookupAll = (name) => {
      asked.push(name);
    };
    sender = open({ lookup: hanging, timeoutMs: 200 });
    const sends = Array.from({ length: 24 }, (_, at) =>
      rejection(sender.send(getRequest(`http://dead-${at % 12}.example/`), new AbortController().signal)),
    );
    await Promise.all(sends);
    expect(asked).to.deep.equal(['dead-0.example']);
  });

  it('says that a name is unknown as a failure that may heal', async () => {
    const unknown: LookupAll = (name, _options, callback) => {
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []);
    };
    sender = open({ lookup: unknown });
    expect((await rejection(sender.send(getRequest('http://front.example/'), NEVER))).message).to.contain(
      'ENOTFOUND',
    );
  });
});
