import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createProbes, type ProbeDeps } from '../../src/ops/probes.js';
import { RecordingLogger } from '../support/recording-logger.js';

async function ask(
  changes: Partial<ProbeDeps>,
  path: 'health' | 'ready' | 'metrics',
  headers: Record<string, string> = {},
) {
  const probes = createProbes({
    pingStore: () => Promise.resolve(),
    isFirstPollDone: () => true,
    metrics: { render: (format) => Promise.resolve(Buffer.from(`${format}\n`)) },
    logger: new RecordingLogger(),
    ...changes,
  });
  const server = createServer((req, res) => void probes[path](req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`, {
      headers,
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('createProbes', () => {
  it('is healthy as long as the process answers', async () => {
    const reply = await ask({ pingStore: () => Promise.reject(new Error('gone')) }, 'health');
    expect(reply).to.include({ status: 200, text: '{"status":"ok"}\n' });
  });

  it('is ready with an open store after the first poll', async () => {
    expect(await ask({}, 'ready')).to.include({ status: 200, text: '{"status":"ready"}\n' });
  });

  it('says what is missing', async () => {
    const reply = await ask(
      { pingStore: () => Promise.reject(new Error('gone')), isFirstPollDone: () => false },
      'ready',
    );
    expect(reply).to.include({
      status: 503,
      text: '{"status":"not ready","missing":["store","first poll"]}\n',
    });
  });

  it('waits for a hanging store only so long, and logs each change once', async () => {
    const logger = new RecordingLogger();
    const pings = [new Promise<void>(() => undefined), new Promise<void>(() => undefined), Promise.resolve()];
    const probes = createProbes({
      pingStore: () => pings.shift() ?? Promise.resolve(),
      isFirstPollDone: () => true,
      metrics: { render: () => Promise.resolve(Buffer.alloc(0)) },
      logger,
      storeTimeoutMs: 20,
    });
    const server = createServer((req, res) => void probes.ready(req, res)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ready`;
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await fetch(url)).status);
    server.closeAllConnections();
    server.close();
    expect(statuses).to.deep.equal([503, 503, 200]);
    expect(logger.lines).to.deep.equal(['error the store does not answer', 'info the store answers again']);
  });

  it('prints the metrics in the format that is asked for', async () => {
    expect(await ask({}, 'metrics')).to.include({
      status: 200,
      type: 'text/plain; version=0.0.4; charset=utf-8',
      text: 'text\n',
    });
    const accept = 'application/openmetrics-text; version=1.0.0';
    expect(await ask({}, 'metrics', { accept })).to.include({
      status: 200,
      type: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      text: 'openmetrics\n',
    });
  });

  it('answers 500 when the metrics cannot be rendered', async () => {
    const broken = { render: () => Promise.reject(new Error('collect failed')) };
    const reply = await ask({ metrics: broken }, 'metrics');
    expect(reply.status).to.equal(500);
    expect(reply.text).not.to.contain('collect failed');
  });
});
