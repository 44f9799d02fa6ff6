import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import type { DataFrame, DataTransformerConfig } from '@grafana/data';
import { loadGrafanaData } from '../src/checks/registries.js';
import { serverTable } from '../src/server-table.js';

const data = loadGrafanaData();

/** The answer of one instant query, as Grafana's Prometheus data source makes a table of it. */
function answer(letter: string, values: Readonly<Record<string, number>>): DataFrame {
  const servers = Object.keys(values);
  return data.toDataFrame({
    refId: letter,
    fields: [
      { name: 'Time', type: data.FieldType.time, values: servers.map(() => 1_000) },
      { name: 'server', type: data.FieldType.string, values: servers },
      { name: `Value #${letter}`, type: data.FieldType.number, values: Object.values(values) },
    ],
  });
}

async function tableOf(frames: DataFrame[]): Promise<Record<string, unknown>[]> {
  const steps: DataTransformerConfig[] = (serverTable(9).transformations ?? []).map(({ id, options }) => ({
    id,
    options: options as unknown,
  }));
  const [frame, ...others] = await firstValueFrom(data.transformDataFrame(steps, frames));
  expect(others).to.deep.equal([]);
  const fields = frame?.fields ?? [];
  return Array.from({ length: frame?.length ?? 0 }, (_, row) =>
    Object.fromEntries(fields.map((field) => [field.config.displayName ?? field.name, field.values[row]])),
  );
}

describe("the table of servers, through Grafana's own transformations", () => {
  before(() => {
    // It looks there for a browser's settings.
    Object.defineProperty(globalThis, 'window', { value: globalThis, configurable: true });
    const list = Object.values(data.standardTransformers);
    const items = new Map(
      list.map((transformation) => [
        transformation.id,
        {
          id: transformation.id,
          name: transformation.name,
          transformation: () => Promise.resolve(transformation),
        },
      ]),
    );
    // Grafana's own list has an editor for each beside.
    data.standardTransformersRegistry.setInit(() => [...items.values()] as never);
  });

  after(() => {
    Reflect.deleteProperty(globalThis, 'window');
  });

  it('has one row a server, the broken ones first, and nothing where nothing is known', async () => {
    const rows = await tableOf([
      answer('A', { bbb1: 1, bbb2: 4, bbb3: 1 }),
      answer('B', { bbb1: 1, bbb2: 1, bbb3: 2 }),
      answer('C', { bbb1: 1, bbb2: 0, bbb3: 0 }),
      answer('D', { bbb1: 0.4, bbb3: 0.2 }),
      answer('E', { bbb1: 0.3, bbb3: 0.1 }),
      answer('H', { bbb1: 120, bbb3: 8 }),
      answer('L', { bbb1: 10.4, bbb2: 48, bbb3: 15.2 }),
    ]);
    expect(rows.map(({ Server }) => Server)).to.deep.equal(['bbb2', 'bbb3', 'bbb1']);
    expect(rows[0]).to.include({ Health: 4, 'New meetings': 0 });
    expect(rows[0]?.['Load (1 = limit)'] ?? null).to.equal(null);
    expect(rows[0]?.Attendees ?? null).to.equal(null);
    expect(rows[2]).to.include({ Health: 1, 'Load (1 = limit)': 0.4, CPU: 0.3, Attendees: 120 });
  });

  it('keeps its columns in order, and neither times nor the rank', async () => {
    const [row = {}] = await tableOf([
      answer('L', { bbb1: 10 }),
      answer('H', { bbb1: 12 }),
      answer('A', { bbb1: 1 }),
    ]);
    expect(Object.keys(row)).to.deep.equal(['Server', 'Health', 'Attendees']);
  });
});
