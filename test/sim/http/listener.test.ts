import { createServer } from 'node:net';
import { expect } from 'chai';
import { Listener } from '../../../src/sim/http/listener.js';
import { until } from '../../support/app-rig.js';

describe('Listener', () => {
  const lost: unknown[] = [];
  let listener: Listener;
  beforeEach(async () => {
    listener = new Listener({
      host: '127.0.0.1',
      port: 0,
      handle: (_, reply) => reply.end('here'),
      onLost: (error) => lost.push(error),
    });
    await listener.accept();
  });
  afterEach(async () => {
    await listener.stop();
  });
  const ask = async (): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${listener.port}/`, { headers: { connection: 'close' } });
    return await answer.text();
  };

  it('comes back on its port by itself', async () => {
    const { port } = listener;
    await listener.refuse();
    expect(listener.isListening).to.equal(false);
    listener.acceptIn(1);
    await until('it listens', () => listener.isListening);
    expect(listener.port).to.equal(port);
    expect(await ask()).to.equal('here');
  });

  it('tells when its port was taken meanwhile, and can be asked again', async () => {
    await listener.refuse();
    const other = createServer().listen(listener.port, '127.0.0.1');
    await until('the other listens', () => other.listening);
    listener.acceptIn(1);
    await until('it is told', () => lost.length === 1);
    expect(lost[0]).to.include({ code: 'EADDRINUSE' });
    await new Promise((resolve) => other.close(resolve));
    await listener.accept();
    expect(await ask()).to.equal('here');
  });
});
