import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Figure } from './bench.js';

const BEGIN = '<!-- figures:begin -->';
const END = '<!-- figures:end -->';

/** The figures as a Markdown table. */
export function figuresTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, figure, goal, isMet, detail }) => [
    ...[what, figure, goal, isMet ? 'met' : 'not met', detail],
  ]);
  return [['measured', 'figure', 'goal', '', 'from'], ['---', '---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** Replaces the figures in bench/README.md, with the day, the machine and how busy it was when they were taken. */
export async function writeReport(figures: readonly Figure[]): Promise<void> {
  const file = new URL('./README.md', import.meta.url);
  const text = await readFile(file, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`bench/README.md has lost ${BEGIN} or ${END}`);
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.versions.node}`;
  // Beyond the number of cores something else was running, and absolute figures are too low.
  const busy = `load average of the last 15 minutes ${(loadavg()[2] ?? NaN).toFixed(1)}`;
  const header = `${day}, ${machine}, ${busy}, \`${['npm run bench --', ...process.argv.slice(2)].join(' ')}\``;
  await writeFile(file, `${before}${BEGIN}\n${header}\n\n${figuresTable(figures)}\n${END}${after}`);
}
