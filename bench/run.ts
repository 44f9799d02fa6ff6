import { parseArgs } from 'node:util';
import type { Bench, Figure } from './bench.js';
import { creates } from './creates.js';
import { getMeetings } from './get-meetings.js';
import { ingest } from './ingest.js';
import { join } from './join.js';
import { outbox } from './outbox.js';
import { placementCost } from './placement-cost.js';
import { placementList } from './placement-list.js';
import { pool500 } from './pool-500.js';
import { readCalls } from './read-calls.js';
import { recordings } from './recordings.js';
import { figuresTable, writeReport } from './report.js';
import { scrape } from './scrape.js';
import { sourceRefresh } from './source-refresh.js';
import { start } from './start.js';

// prettier-ignore
const BENCHES: readonly Bench[] = [
  readCalls, join, getMeetings, creates, pool500, placementCost, placementList, ingest, scrape, sourceRefresh, start, outbox, recordings,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(
    `no bench is called ${unknown.join(', ')}; there are ${BENCHES.map((b) => b.name).join(', ')}`,
  );
  process.exit(2);
}

const figures: Figure[] = [];
let failures = 0;
for (const bench of BENCHES) {
  if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
  console.error(`${bench.name} …`);
  try {
    figures.push(...(await bench.run({ isQuick: values.quick })));
  } catch (error) {
    failures += 1;
    console.error(`${bench.name} failed:`, error);
  }
}
console.log(figuresTable(figures));
if (values.write && failures === 0) await writeReport(figures);
process.exitCode = failures > 0 ? 1 : 0;
