import { parseArgs } from 'node:util';
import { compare } from '../../src/sim/yardstick/compare.js';
import { DAY_KINDS } from '../../src/sim/yardstick/days/registry.js';
import { RULE_KINDS } from '../../src/sim/yardstick/rules/registry.js';
import { summarize } from '../../src/sim/yardstick/summarize.js';
import { dayTables, summaryTable } from './tables.js';
import { writeTables } from './write-tables.js';

const { values } = parseArgs({
  options: {
    days: { type: 'string', default: DAY_KINDS.map(({ name }) => name).join() },
    rules: { type: 'string', default: RULE_KINDS.map(({ name }) => name).join() },
    seeds: { type: 'string', default: '20' },
    workers: { type: 'string' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const startedAt = performance.now();
const results = await compare({
  days: values.days.split(','),
  rules: values.rules.split(','),
  seeds: Array.from({ length: Number(values.seeds) }, (_, index) => index + 1),
  ...(values.workers !== undefined && { workers: Number(values.workers) }),
  onProgress: (done, of) => process.stderr.write(`\r${done} of ${of} days`),
});
const seconds = (performance.now() - startedAt) / 1_000;
process.stderr.write(`\r${results.length} runs in ${seconds.toFixed(0)} s\n`);
const summaries = summarize(results);
const abouts = new Map(DAY_KINDS.map(({ name, about }) => [name, about]));
const tables = `${summaryTable(summaries)}\n\n${dayTables(summaries, abouts)}`;
console.log(values.json ? JSON.stringify(summaries, undefined, 2) : tables);
if (values.write) await writeTables(tables, seconds);
