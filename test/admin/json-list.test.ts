import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { request } from 'undici';
import { JsonList } from '../../src/admin/json-list.js';
import { until } from '../support/app-rig.js';

describe('JsonList', () => {
  let server: Server | undefined;
  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    if (server !== undefined) await once(server, 'close');
  });

  /** Serves the list; `ended` becomes true once it is sent or given up. */
  const serve = async (
    list: JsonList,
  ): Promise<{ readonly url: string; readonly sends: { over: boolean } }> => {
    const sends = { over: false };
    server = createServer((_request, response) => {
      void list.send(response, 201).then(() => {
        sends.over = true;
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sends };
  };

  for (const items of [[], [{ a: 1 }], [{ a: 1 }, { b: ['"', undefined] }, 'c']]) {
    it(`writes ${items.length} items as one JSON document`, async () => {
      const { url } = await serve(new JsonList('things', items));
      const { statusCode, headers, body } = await request(url);
      expect(await body.text()).to.equal(JSON.stringify({ things: items }));
      expect(statusCode).to.equal(201);
      expect(headers['content-type']).to.equal('application/json; charset=utf-8');
    });
  }

  it('lets other calls be served between two items', async () => {
    let turn = 0;
    let isOver = false;
    const count = (): void => {
      turn += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const items = Array.from({ length: 20 }, () => ({ toJSON: () => turn }));
    const { url } = await serve(new JsonList('turns', items));
    const { turns } = (await (await request(url)).body.json()) as { turns: readonly number[] };
    isOver = true;
    expect(new Set(turns).size).to.equal(20);
  });

  it('is given up for a caller who left before it began', async () => {
    let outcome: unknown = 'under way';
    server = createServer((incoming, response) => {
      incoming.destroy();
      response.once('close', () => {
        void new JsonList('things', [1]).send(response).then(
          () => (outcome = 'given up'),
          (error: unknown) => (outcome = error),
        );
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await request(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`).catch(() => undefined);
    await until('the list is done with', () => outcome !== 'under way');
    expect(outcome).to.equal('given up');
  });

  it('writes no further for a caller who has gone', async () => {
    let written = 0;
    const long = 'x'.repeat(100_000);
    const items = Array.from({ length: 5_000 }, () => ({
      toJSON: () => {
        written += 1;
        return long;
      },
    }));
    const { url, sends } = await serve(new JsonList('things', items));
    const { body } = await request(url);
    body.on('error', () => undefined);
    body.destroy();
    await until('the list is given up', () => sends.over);
    expect(written).to.be.below(5_000);
  });
});
