import { expect } from 'chai';
import { fluxQuery } from '../../src/metrics/flux-query.js';
import { influxqlStatements } from '../../src/metrics/influxql-statements.js';
import { InfluxqlSource } from '../../src/metrics/influxql-source.js';
import { SourceError } from '../../src/metrics/source-error.js';
import { TelegrafTable, type TelegrafPlan, type TelegrafRow } from '../../src/metrics/telegraf-table.js';
import { cannedSourceServer } from '../support/canned-source-server.js';

const NOW = 1_700_000_000_000;
const KEYS = [{ serverId: 'bbb1', host: 'h1' }];

function cpuRow(at: number, value: unknown): TelegrafRow {
  const tags = { server: undefined, host: 'h1', interface: undefined };
  return { ...tags, measurement: 'cpu', field: 'usage_idle', value, at };
}

describe('TelegrafTable', () => {
  const table = (): TelegrafTable => new TelegrafTable({ windowMs: 60_000, maxAgeMs: 120_000 });

  it('asks for what seldom changes once a minute, and keeps what was said', async () => {
    const plans: TelegrafPlan[] = [];
    const samples = table();
    for (const seconds of [0, 10, 50, 61]) {
      const now = NOW + seconds * 1000;
      const { samples: read } = await samples.read(KEYS, now, async (plan) => {
        plans.push(plan);
        const cores = { ...cpuRow(now, 8), measurement: 'system', field: 'n_cpus' };
        return { recent: [cpuRow(now, 60)], rare: plan.rarely === undefined ? [] : [cores] };
      });
      expect(read.get('bbb1')).to.deep.include({ cpuCount: 8, sampledAt: now });
    }
    expect(plans.map(({ rarely }) => rarely !== undefined)).to.deep.equal([true, false, false, true]);
  });

  it('asks for less, from then on, where the answer was too large', async () => {
    const asked: (number | undefined)[] = [];
    const samples = table();
    for (let round = 0; round < 2; round += 1) {
      await samples.read(KEYS, NOW, async ({ everyMs }) => {
        asked.push(everyMs);
        if (everyMs === undefined) throw new SourceError('too-large', 'too large');
        return { recent: [], rare: [] };
      });
    }
    expect(asked).to.deep.equal([undefined, 10_000, 10_000]);
  });

  it('weighs a mean by how many readings it is of, and takes its time from the newest of them', async () => {
    const now = NOW + 2_000;
    const { samples } = await table().read(KEYS, now, async () => ({
      recent: [
        { ...cpuRow(NOW - 10_000, 80), count: 9 },
        { ...cpuRow(NOW, 20), count: 1 },
      ],
      newest: [cpuRow(NOW + 1_500, 20)],
      rare: [],
    }));
    expect(samples.get('bbb1')?.cpu).to.be.closeTo(0.26, 1e-9);
    expect(samples.get('bbb1')?.sampledAt).to.equal(NOW + 1_500);
  });

  it('names rows that could not be read', async () => {
    const { faults } = await table().read(KEYS, NOW, async () => ({
      recent: [],
      rare: [],
      unreadable: { count: 3, first: '"x,y"' },
    }));
    expect(faults).to.deep.equal([
      {
        serverId: undefined,
        kind: 'unreadable',
        message: '3 rows of the answer made no sense and were left out; the first: "x,y"',
      },
    ]);
  });

  it('lets other work go on while it takes a large answer', async () => {
    let turns = 0;
    const recent = Array.from({ length: 10_000 }, (_, i) => cpuRow(NOW - (i % 60) * 1000, 50));
    const reading = table().read(KEYS, NOW, async () => ({ recent, rare: [] }));
    const count = setInterval(() => (turns += 1), 0);
    await reading;
    clearInterval(count);
    expect(turns).to.be.greaterThan(1);
  });
});

describe('queries for samples', () => {
  const plan = { now: NOW, from: NOW - 75_000, to: NOW + 60_000, everyMs: undefined, rarely: undefined };

  it('take a bucket by any name as a name', () => {
    const flux = fluxQuery('x") |> drop() // ${y}\n', plan);
    expect(flux).to.include('from(bucket: "x\\") |> drop() // \\${y}\\n")');
  });

  it('condense where rows are too many', () => {
    const everyMs = 10_000;
    expect(fluxQuery('b', { ...plan, everyMs })).to.include(
      'aggregateWindow(every: duration(v: "10000ms"), fn: mean',
    );
    const [cpu, , ...net] = influxqlStatements({ ...plan, everyMs }).recent;
    expect(cpu).to.include('mean("usage_idle") AS "usage_idle"').and.to.include('GROUP BY time(10000ms)');
    const slots = net.filter((statement) => statement.includes('last("bytes_sent")')).map(rangeOf);
    expect(slots[0]?.[0]).to.equal(plan.from);
    expect(slots.at(-1)?.[1]).to.equal(plan.to);
    for (const [index, [start]] of slots.entries()) {
      if (index > 0) expect(start).to.equal((slots[index - 1]?.[1] ?? NaN) + 1);
    }
    expect(slots).to.have.length(8);
  });

  it('go one by one to an engine that takes one statement', async () => {
    const server = await cannedSourceServer();
    server.answer = (_, response, body) => {
      const isSingle = !decodeURIComponent(body).includes(';');
      response.writeHead(isSingle ? 200 : 400, { 'content-type': 'application/json' });
      const refusal = { error: 'must provide only one InfluxQl statement per query' };
      response.end(JSON.stringify(isSingle ? { results: [{ statement_id: 0 }] } : refusal));
    };
    const source = influxqlAt(server.url);
    try {
      for (let round = 0; round < 2; round += 1) await source.read(KEYS, AbortSignal.timeout(5_000));
      expect(server.bodies).to.have.length(1 + 7 + 3);
    } finally {
      await source.close();
      await server.close();
    }
  });
});

describe('InfluxqlSource', () => {
  it('reads a series that lacks a tag, whatever the engine puts there', async () => {
    const server = await cannedSourceServer();
    const values = [[NOW - 5_000, 40]];
    const seriesOf = (tags: unknown) => ({ name: 'cpu', columns: ['time', 'usage_idle'], tags, values });
    const series = [seriesOf({ server: null, host: 'h1' }), seriesOf({ server: '', host: 'h2' })];
    server.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ results: [{ series }, {}, {}, {}, {}, {}, {}] }));
    };
    const source = influxqlAt(server.url);
    try {
      const keys = [...KEYS, { serverId: 'bbb2', host: 'h2' }];
      const { samples } = await source.read(keys, AbortSignal.timeout(5_000));
      expect([...samples.values()].map(({ cpu }) => cpu)).to.deep.equal([0.6, 0.6]);
    } finally {
      await source.close();
      await server.close();
    }
  });
});

function influxqlAt(url: string): InfluxqlSource {
  const times = { windowMs: 60_000, maxAgeMs: 120_000, now: () => NOW };
  return new InfluxqlSource({ ...times, url, database: 'd', username: undefined, password: undefined });
}

/** The first and the last ms a statement asks for. */
function rangeOf(statement: string): readonly [number, number] {
  const [, from, to] = /time >= (\d+)ms AND time <= (\d+)ms/.exec(statement) ?? [];
  return [Number(from), Number(to)];
}
