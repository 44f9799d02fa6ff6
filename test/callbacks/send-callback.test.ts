import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { CallbackRequest } from '../../src/callbacks/callback-request.js';
import { CallbackSender } from '../../src/callbacks/send-callback.js';
import type { LookupAll } from '../../src/callbacks/lookup-lane.js';
import { BlockedTargetError } from '../../src/callbacks/target-connector.js';
import { cannedSourceServer, type CannedSourceServer } from '../support/canned-source-server.js';
import { until } from '../support/callback-rig.js';
import { expiredTlsFront } from '../support/tls-front.js';

const NEVER = new AbortController().signal;

function get(url: string): CallbackRequest {
  const { origin, pathname, search } = new URL(url);
  return { method: 'GET', origin, path: pathname + search, headers: {}, body: undefined };
}

/** What a promise rejected with; fails where it did not. */
async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome: unknown = await promise.then(
    (value) => `resolved with ${String(value)}`,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) expect.fail(String(outcome));
  return outcome;
}

describe('sending a callback', () => {
  let target: CannedSourceServer;
  let sender: CallbackSender;
  const open = (
    options: { allow?: boolean; timeoutMs?: number; lookup?: LookupAll } = {},
  ): CallbackSender => {
    const { allow = true, timeoutMs = 2_000, lookup } = options;
    return new CallbackSender({ allowPrivateTargets: allow, timeoutMs, connections: 4, lookup });
  };
  beforeEach(async () => {
    target = await cannedSourceServer();
    sender = open();
  });
  afterEach(async () => {
    await sender.close();
    await target.close();
  });

  it('posts the body and resolves with the status', async () => {
    target.answer = (_, response) => response.writeHead(202).end('thanks');
    const request = { ...get(target.url), method: 'POST', body: 'a=b' } as const;
    expect(await sender.send(request, NEVER)).to.equal(202);
    expect(target.bodies).to.deep.equal(['a=b']);
  });

  it('keeps the connection for the next one', async () => {
    for (let n = 0; n < 5; n += 1) expect(await sender.send(get(target.url), NEVER)).to.equal(200);
    expect(target.openSockets).to.be.within(1, 2);
  });

  it('does not follow redirects', async () => {
    target.answer = (_, response) => response.writeHead(302, { Location: `${target.url}/elsewhere` }).end();
    expect(await sender.send(get(target.url), NEVER)).to.equal(302);
    expect(target.bodies).to.have.length(1);
  });

  it('reads next to nothing of an answer of 100 MB', async () => {
    let written = 0;
    target.answer = (_, response) => {
      const chunk = Buffer.alloc(65_536);
      const more = (): void => {
        while (written < 100_000_000 && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    };
    expect(await sender.send(get(target.url), NEVER)).to.equal(200);
    await until(() => target.openSockets === 0);
    expect(written).to.be.below(20_000_000);
  });

  it('takes the status of an answer that drips, within a second or so', async () => {
    const timers: NodeJS.Timeout[] = [];
    target.answer = (_, response) => {
      response.writeHead(204 + 1, { 'Content-Length': '1000000' });
      timers.push(setInterval(() => response.write('.'), 50));
    };
    expect(await sender.send(get(target.url), NEVER)).to.equal(205);
    for (const timer of timers) clearInterval(timer);
    await until(() => target.openSockets === 0);
  });

  it('gives up a target that takes the connection and says nothing', async () => {
    sender = open({ timeoutMs: 100 });
    target.answer = () => undefined;
    expect((await rejection(sender.send(get(target.url), NEVER))).message).to.equal(
      'gave no answer within 0.1 s',
    );
    await until(() => target.openSockets === 0);
  });

  it('gives up when it is told to stop', async () => {
    const stop = new AbortController();
    target.answer = () => {
      stop.abort();
    };
    expect((await rejection(sender.send(get(target.url), stop.signal))).message).to.contain(
      'as Ballast stops',
    );
    expect((await rejection(sender.send(get(target.url), stop.signal))).message).to.contain(
      'as Ballast stops',
    );
  });

  it('says no address and nothing of the URL when nobody listens', async () => {
    await target.close();
    const { message } = await rejection(sender.send(get(`${target.url}/end?token=secret`), NEVER));
    expect(message).to.equal('could not be reached or broke off (ECONNREFUSED)');
    target = await cannedSourceServer();
  });

  it('trusts no certificate that has ended', async () => {
    const front = await expiredTlsFront(target.url);
    expect((await rejection(sender.send(get(front.url), NEVER))).message).to.match(/CERT|SELF_SIGNED/);
    expect(target.bodies).to.deep.equal([]);
    await front.close();
  });

  describe('to what is hardly HTTP', () => {
    let raw: Server;
    let sockets: Socket[];
    let url: string;
    const listen = async (serve: (socket: Socket) => void): Promise<void> => {
      sockets = [];
      raw = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        socket.once('data', () => {
          serve(socket);
        });
      });
      await new Promise<void>((resolve) => raw.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(raw.address() as AddressInfo).port}/`;
    };
    afterEach(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => raw.close(resolve));
    });

    it('cuts headers without an end', async () => {
      await listen((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        const more = (): void => {
          while (!socket.destroyed && socket.write('X-More: and more\r\n'));
          if (!socket.destroyed) socket.once('drain', more);
        };
        more();
      });
      expect((await rejection(sender.send(get(url), NEVER))).message).to.contain('HEADERS_OVERFLOW');
    });

    it('waits no longer for an answer because it is told to go on', async () => {
      sender = open({ timeoutMs: 200 });
      let timer: NodeJS.Timeout | undefined;
      await listen((socket) => {
        timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20);
      });
      expect((await rejection(sender.send(get(url), NEVER))).message).to.contain('no answer within');
      clearInterval(timer);
    });

    it('fails on what is no HTTP', async () => {
      await listen((socket) => socket.end('hello\r\n'));
      await rejection(sender.send(get(url), NEVER));
    });
  });

  describe('when private targets are not allowed', () => {
    for (const host of [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '[::ffff:127.0.0.1]',
      'localhost',
    ]) {
      it(`does not connect to http://${host}`, async () => {
        sender = open({ allow: false });
        const url = `http://${host}:${new URL(target.url).port}/`;
        expect(await rejection(sender.send(get(url), NEVER))).to.be.instanceOf(BlockedTargetError);
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
        sender = open({ allow: false, lookup: only });
        const url = `http://front.example:${new URL(target.url).port}/`;
        expect(await rejection(sender.send(get(url), NEVER))).to.be.instanceOf(BlockedTargetError);
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
      sender = open({ allow: false, lookup: rebinding, timeoutMs: 300 });
      const url = `http://front.example:${new URL(target.url).port}/`;
      const first = await rejection(sender.send(get(url), NEVER));
      expect(first).not.to.be.instanceOf(BlockedTargetError);
      expect(asked).to.have.length(1);
      expect(await rejection(sender.send(get(url), NEVER))).to.be.instanceOf(BlockedTargetError);
      expect(target.bodies).to.deep.equal([]);
    });

    it('connects to the public ones among the addresses of a name', async () => {
      const mixed: LookupAll = (_name, _options, callback) => {
        callback(null, [
          { address: '127.0.0.1', family: 4 },
          { address: '8.8.8.8', family: 4 },
        ]);
      };
      sender = open({ allow: false, lookup: mixed, timeoutMs: 300 });
      const url = `http://front.example:${new URL(target.url).port}/`;
      expect(await rejection(sender.send(get(url), NEVER))).not.to.be.instanceOf(BlockedTargetError);
      expect(target.bodies).to.deep.equal([]);
    });

    it('looks up no second name while the look-up of a first one hangs', async () => {
      const asked: string[] = [];
      const hanging: LookupAll = (name) => {
        asked.push(name);
      };
      sender = open({ allow: false, lookup: hanging, timeoutMs: 200 });
      const sends = Array.from({ length: 24 }, (_, at) =>
        rejection(sender.send(get(`http://dead-${at % 12}.example/`), new AbortController().signal)),
      );
      await Promise.all(sends);
      expect(asked).to.deep.equal(['dead-0.example']);
    });

    it('says that a name is unknown as a failure that may heal', async () => {
      const unknown: LookupAll = (name, _options, callback) => {
        callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), []);
      };
      sender = open({ allow: false, lookup: unknown });
      expect((await rejection(sender.send(get('http://front.example/'), NEVER))).message).to.contain(
        'ENOTFOUND',
      );
    });
  });
});
