import { expect } from 'chai';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { EXPOSITION_TYPES, type ExpositionFormat, writeExposition } from '../../src/ops/exposition.js';

function filled(): Registry {
  const registry = new Registry();
  const registers = [registry];
  const counter = new Counter({
    name: 'calls_total',
    help: 'Calls.',
    labelNames: ['call', 'why'],
    registers,
  });
  counter.inc({ call: 'create', why: 'a "b" \\ \n' }, 3);
  new Counter({ name: 'plain_total', help: 'Back \\ slash, "quote".', registers });
  const gauge = new Gauge({ name: 'size', help: 'Size.', registers });
  gauge.set(0.25);
  const histogram = new Histogram({
    name: 'wait_seconds',
    help: 'Wait.',
    buckets: [0.5, 1],
    labelNames: ['call'],
    registers,
  });
  histogram.observe({ call: 'join' }, 0.75);
  new Gauge({ name: 'unknown', help: 'Nothing yet.', registers, labelNames: ['x'] });
  return registry;
}

async function written(registry: Registry, format: ExpositionFormat): Promise<string> {
  return (await writeExposition(registry, format)).toString();
}

describe('writeExposition', () => {
  it('writes the text format as prom-client does', async () => {
    const registry = filled();
    const own = await written(registry, 'text');
    const theirs = await registry.metrics();
    expect(own.split('\n').filter(Boolean)).to.have.members(theirs.split('\n').filter(Boolean));
    expect(EXPOSITION_TYPES.text).to.equal(Registry.PROMETHEUS_CONTENT_TYPE);
  });

  it('writes OpenMetrics: counters without _total in their head, bounds with a fraction, an end', async () => {
    const text = await written(filled(), 'openmetrics');
    expect(text).to.equal(
      [
        '# HELP calls Calls.',
        '# TYPE calls counter',
        'calls_total{call="create",why="a \\"b\\" \\\\ \\n"} 3',
        '# HELP plain Back \\\\ slash, \\"quote\\".',
        '# TYPE plain counter',
        'plain_total 0',
        '# HELP size Size.',
        '# TYPE size gauge',
        'size 0.25',
        '# HELP wait_seconds Wait.',
        '# TYPE wait_seconds histogram',
        'wait_seconds_bucket{le="0.5",call="join"} 0',
        'wait_seconds_bucket{le="1.0",call="join"} 1',
        'wait_seconds_bucket{le="+Inf",call="join"} 1',
        'wait_seconds_sum{call="join"} 0.75',
        'wait_seconds_count{call="join"} 1',
        '# HELP unknown Nothing yet.',
        '# TYPE unknown gauge',
        '# EOF',
        '',
      ].join('\n'),
    );
    expect(EXPOSITION_TYPES.openmetrics).to.equal(Registry.OPENMETRICS_CONTENT_TYPE);
  });

  it('writes both formats at the same time without either showing in the other', async () => {
    const registry = filled();
    const before = await written(registry, 'text');
    const both = await Promise.all([
      written(registry, 'openmetrics'),
      written(registry, 'text'),
      written(registry, 'openmetrics'),
    ]);
    expect(both[1]).to.equal(before);
    expect(both[0]).to.equal(both[2]);
    expect(await written(registry, 'text')).to.equal(before);
  });

  it('lets others have their turn while it writes a lot', async () => {
    const registry = new Registry();
    const gauge = new Gauge({ name: 'many', help: 'Many.', labelNames: ['id'], registers: [registry] });
    for (let id = 0; id < 200_000; id += 1) gauge.set({ id: String(id) }, id);
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    await written(registry, 'text');
    isDone = true;
    expect(turns).to.be.greaterThan(1);
  });
});
