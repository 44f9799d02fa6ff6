import type { EngineOutcome } from './install-engines.js';

/** The table of what was found and built, as lines of text. */
export function engineTable(outcomes: readonly EngineOutcome[]): readonly string[] {
  const rows = [
    ['engine', 'version', 'how', 'seconds', 'path'],
    ...outcomes.map(({ engine, found, isBuilt, seconds }) => [
      engine.name,
      found?.version ?? '-',
      found === undefined ? 'MISSING' : isBuilt ? 'built' : `found (${found.by})`,
      seconds.toFixed(1),
      found?.path ?? '-',
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** What went wrong with each engine that is missing, and what to do about it. */
export function engineFaults(outcomes: readonly EngineOutcome[]): readonly string[] {
  return outcomes.flatMap(({ engine, fault }) =>
    fault === undefined
      ? []
      : [
          `${engine.name} ${engine.version} is missing: ${fault}`,
          `  Mend that, or install it yourself and name it: ${engine.variable}=/path/to/${engine.commands[0] ?? engine.name} npm run engines`,
        ],
  );
}
