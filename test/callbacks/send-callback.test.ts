import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { CallbackSender } from '../../src/callbacks/send-callback.js';
import { cannedSourceServer, type CannedSourceServer } from '../support/canned-source-server.js';
import { until } from '../support/callback-rig.js';
import { getRequest, rejection } from '../support/sent-callback.js';
import { expiredTlsFront } from '../support/tls-front.js';

const NEVER = new AbortController().signal;

describe('sending a callback', () => {
  let target: CannedSourceServer;
  let sender: CallbackSender;
  const open = (timeoutMs = 2_000): CallbackSender =>
    new CallbackSender({ allowPrivateTargets: true, timeoutMs, connections: 4 });
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
    const request = { ...getRequest(target.url), method: 'POST', body: 'a=b' } as const;
    expect(await sender.send(request, NEVER)).to.equal(202);
    expect(target.bodies).to.deep.equal(['a=b']);
  });

  it('keeps the connection for the next one', async () => {
    for (let n = 0; n < 5; n += 1) expect(await sender.send(getRequest(target.url), NEVER)).to.equal(200);
    expect(target.openSockets).to.be.within(1, 2);
  });

  it('does not follow redirects', async () => {
    target.answer = (_, response) => response.writeHead(302, { Location: `${target.url}/elsewhere` }).end();
    expect(await sender.send(getRequest(target.url), NEVER)).to.equal(302);
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
    expect(await sender.send(getRequest(target.url), NEVER)).to.equal(200);
    await until(() => target.openSockets === 0);
    expect(written).to.be.below(20_000_000);
  });

  it('takes the status of an answer that drips, within a second or so', async () => {
    const timers: NodeJS.Timeout[] = [];
    target.answer = (_, response) => {
      response.writeHead(204 + 1, { 'Content-Length': '1000000' });
      timers.push(setInterval(() => response.write('.'), 50));
    };
    expect(await sender.send(getRequest(target.url), NEVER)).to.equal(205);
    for (const timer of timers) clearInterval(timer);
    await until(() => target.openSockets === 0);
  });

  it('gives up a target that takes the connection and says nothing', async () => {
    sender = open(100);
    target.answer = () => undefined;
    expect((await rejection(sender.send(getRequest(target.url), NEVER))).message).to.equal(
      'gave no answer within 0.1 s',
    );
    await until(() => target.openSockets === 0);
  });

  it('gives up when it is told to stop', async () => {
    const stop = new AbortController();
    target.answer = () => {
      stop.abort();
    };
    expect((await rejection(sender.send(getRequest(target.url), stop.signal))).message).to.contain(
      'as Ballast stops',
    );
    expect((await rejection(sender.send(getRequest(target.url), stop.signal))).message).to.contain(
      'as Ballast stops',
    );
  });

  it('says no address and nothing of the URL when nobody listens', async () => {
    await target.close();
    const { message } = await rejection(sender.send(getRequest(`${target.url}/end?token=secret`), NEVER));
    expect(message).to.equal('could not be reached or broke off (ECONNREFUSED)');
    target = await cannedSourceServer();
  });

  it('trusts no certificate that has ended', async () => {
    const front = await expiredTlsFront(target.url);
    expect((await rejection(sender.send(getRequest(front.url), NEVER))).message).to.match(/CERT|SELF_SIGNED/);
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
      expect((await rejection(sender.send(getRequest(url), NEVER))).message).to.contain('HEADERS_OVERFLOW');
    });

    it('waits no longer for an answer because it is told to go on', async () => {
      sender = open(200);
      let timer: NodeJS.Timeout | undefined;
      await listen((socket) => {
        timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20);
      });
      expect((await rejection(sender.send(getRequest(url), NEVER))).message).to.contain('no answer within');
      clearInterval(timer);
    });

    it('fails on what is no HTTP', async () => {
      await listen((socket) => socket.end('hello\r\n'));
      await rejection(sender.send(getRequest(url), NEVER));
    });
  });
});
