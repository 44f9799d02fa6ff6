import { engineFaults, engineTable } from './engine-report.js';
import { ENGINES } from './engines.js';
import { installEngine } from './install-engine.js';
import { installEngines } from './install-engines.js';
import { missingTools, probeCommand } from './toolchain.js';

// `npm run engines`: finds or builds what the suites in test/engines/ run, prints a table, exits 1 when one is missing.
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const outcomes = await installEngines(ENGINES, {
  env: process.env,
  install: installEngine,
  missingTools: async (engines) => missingTools(engines, probeCommand),
  print,
  now: () => performance.now(),
});
for (const line of engineTable(outcomes)) print(line);
for (const line of engineFaults(outcomes)) process.stderr.write(`${line}\n`);
if (outcomes.some(({ found }) => found === undefined)) process.exitCode = 1;
