import { expect } from 'chai';
import { PrometheusSource } from '../../src/metrics/prometheus-source.js';
import { cannedSourceServer, type CannedSourceServer } from '../support/canned-source-server.js';

const START = 1_700_000_000_000;

describe('PrometheusSource from one answer to the next', () => {
  let server: CannedSourceServer;
  let source: PrometheusSource;
  let now: number;
  let parts: Readonly<Record<string, number | string>>;
  beforeEach(async () => {
    server = await cannedSourceServer();
    now = START;
    server.answer = (_, response) => {
      const metric = { instance: 'h1:9100', job: 'node', server: 'bbb1' };
      const result = Object.entries(parts).map(([ballast_part, value]) => ({
        metric: { ...metric, ballast_part },
        value: [now / 1000, String(value)],
      }));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    };
    source = new PrometheusSource({
      url: server.url,
      token: undefined,
      windowMs: 60_000,
      maxAgeMs: 120_000,
      now: () => now,
    });
  });
  afterEach(async () => {
    await source.close();
    await server.close();
  });

  const read = async () => {
    const table = await source.read([{ serverId: 'bbb1', host: 'h1' }], AbortSignal.timeout(5_000));
    return { sample: table.samples.get('bbb1'), kinds: table.faults?.map(({ kind }) => kind) };
  };
  const whole = (): Readonly<Record<string, number>> => ({ cpu: 0.4, cpuAt: now / 1000 - 2 });

  it('asks for what seldom changes once a minute, and keeps what was said', async () => {
    parts = { ...whole(), cpuCount: 8, networkMbit: 1000, ahead: 300 };
    expect((await read()).sample).to.include({ cpu: 0.4, cpuCount: 8, networkMbit: 1000 });
    for (const seconds of [10, 59]) {
      now = START + seconds * 1000;
      parts = whole();
      const { sample, kinds } = await read();
      expect(sample).to.include({ cpu: 0.4, cpuCount: 8, networkMbit: 1000, sampledAt: now - 2_000 });
      expect(kinds).to.include('future-clock');
    }
    now = START + 61_000;
    parts = { ...whole(), cpuCount: 16 };
    const { sample, kinds } = await read();
    expect(sample).to.include({ cpuCount: 16, networkMbit: undefined });
    expect(kinds).not.to.include('future-clock');
    const isWhole = server.bodies.map((body) => body.includes('lastAt') && body.includes('cpuCount'));
    expect(isWhole).to.deep.equal([true, false, false, true]);
  });

  it('knows when a host was last heard that an answer no longer names', async () => {
    parts = { ...whole(), memory: 0.3, memoryAt: now / 1000 - 2 };
    await read();
    parts = {};
    for (const seconds of [10, 600]) {
      now = START + seconds * 1000;
      const { sample } = await read();
      expect(sample).to.include({ cpu: undefined, sampledAt: START - 2_000, memorySampledAt: START - 2_000 });
    }
    now = START + 900_000;
    expect((await read()).sample).to.equal(undefined);
  });

  it('asks for all of a host that was not there before', async () => {
    parts = {};
    await read();
    parts = whole();
    for (const seconds of [10, 20, 30]) {
      now = START + seconds * 1000;
      await read();
    }
    const isWhole = server.bodies.map((body) => body.includes('cpuCount'));
    expect(isWhole).to.deep.equal([true, false, true, false]);
  });

  it('takes nothing from earlier answers of a host that lost one of its collectors', async () => {
    parts = { ...whole(), memory: 0.3, memoryAt: now / 1000 - 2 };
    await read();
    now = START + 10_000;
    parts = whole();
    const { sample, kinds } = await read();
    expect(sample).to.include({ cpu: 0.4, memory: undefined, memorySampledAt: undefined });
    expect(kinds).to.deep.equal(['partial']);
  });

  it('takes an empty text for no value, not for 0', async () => {
    parts = { ...whole(), cpu: '', memory: ' ', memoryAt: now / 1000 - 2 };
    const { sample, kinds } = await read();
    expect(sample).to.include({ cpu: undefined, memory: undefined });
    expect(kinds).to.deep.equal(['bad-value', 'partial']);
  });

  it('names a window too short for a rate while a host is scraped, and not once it fell silent', async () => {
    parts = { cpuAt: now / 1000 - 2, memory: 0.3, memoryAt: now / 1000 - 2, networkAt: now / 1000 - 2 };
    const { sample, kinds } = await read();
    expect(sample).to.include({ cpu: undefined, memory: 0.3 });
    expect(kinds).to.deep.equal(['short-window']);
    parts = {};
    now = START + 10_000;
    expect((await read()).kinds).to.deep.equal([]);
  });

  it('does not remember a host that was heard in the future', async () => {
    parts = { cpu: 0.4, cpuAt: 1e300 };
    expect((await read()).kinds).to.deep.equal(['future-clock']);
    now = START + 10_000;
    parts = {};
    expect((await read()).kinds).to.deep.equal([]);
  });
});
