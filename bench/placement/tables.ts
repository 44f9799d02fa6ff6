import type { RuleSummary } from '../../src/sim/yardstick/summarize.js';
import { bestPeerOf, goalsOf } from './goals.js';

interface Column {
  readonly title: string;
  readonly cell: (summary: RuleSummary) => string;
  /** Absent: on every day. */
  readonly onlyOn?: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'rule', cell: nameOf },
  {
    title: 'people above 80 %',
    cell: ({ overloadedShare, overloadedShareError }) =>
      `${percent(overloadedShare, 2)} ± ${(overloadedShareError * 100).toFixed(2)}`,
  },
  { title: 'regret', cell: ({ regret }) => regretText(regret) },
  { title: 'server-min > 80 %', cell: ({ means }) => means.serverMinutesAbove80.toFixed(0) },
  { title: 'server-min > 95 %', cell: ({ means }) => means.serverMinutesAbove95.toFixed(0) },
  { title: 'people hit', cell: ({ means }) => means.attendeesOverloaded.toFixed(0) },
  { title: 'highest CPU', cell: ({ means }) => percent(means.highestCpu, 0) },
  { title: 'spread at peak', cell: ({ means }) => means.spreadAtPeak.toFixed(2) },
  { title: 'refused', cell: ({ means }) => means.refused.toFixed(1) },
  { title: 'moved', cell: ({ means }) => means.moved.toFixed(1) },
  { title: 'most on one', cell: ({ means }) => means.mostPlacedInAMinute.toFixed(1), onlyOn: 'storm' },
];

/** One Markdown table for each day, best rule first. `abouts` says by day what is hard about it. */
export function dayTables(
  summaries: readonly RuleSummary[],
  abouts: ReadonlyMap<string, string> = new Map(),
): string {
  return byDay(summaries)
    .map(([day, ofDay]) => {
      const columns = COLUMNS.filter(({ onlyOn }) => onlyOn === undefined || onlyOn === day);
      const rows = [...ofDay]
        .sort((left, right) => left.overloadedShare - right.overloadedShare)
        .map((summary) => columns.map(({ cell }) => cell(summary)));
      const about = abouts.get(day);
      const table = markdownTable([columns.map(({ title }) => title), ...rows]);
      return `### ${day}\n\n${about === undefined ? '' : `${about}; ${meetingsText(ofDay)}.\n\n`}${table}`;
    })
    .join('\n\n');
}

/**
 * A row for each day: regret of our policies (0 is the clairvoyant, 1 the best peer), who the best peer is, and what the
 * default policy was to reach.
 */
export function summaryTable(summaries: readonly RuleSummary[]): string {
  const own = [...new Set(summaries.filter(({ family }) => family === 'own').map(({ rule }) => rule))];
  const header = ['day', ...own.map((rule) => (rule === 'predicted' ? `**${rule}**` : rule))];
  const rows = byDay(summaries).map(([day, ofDay]) => [
    day,
    ...own.map((rule) => regretText(ofDay.find((summary) => summary.rule === rule)?.regret)),
    bestPeerText(ofDay),
    goalsOf(ofDay)
      .map(({ text, isMet }) => `${isMet ? 'met' : '**missed**'}: ${text}`)
      .join('<br>') || '–',
  ]);
  const table = markdownTable([[...header, 'best peer', 'goals of predicted'], ...rows]);
  return `### Regret, and what ` + '`predicted`' + ` was to reach\n\n${table}`;
}

function byDay(summaries: readonly RuleSummary[]): [day: string, ofDay: RuleSummary[]][] {
  const days = [...new Set(summaries.map(({ day }) => day))];
  return days.map((day) => [day, summaries.filter((summary) => summary.day === day)]);
}

function bestPeerText(ofDay: readonly RuleSummary[]): string {
  const best = bestPeerOf(ofDay);
  return best === undefined ? '–' : `${best.rule}, ${percent(best.overloadedShare, 2)}`;
}

function meetingsText(ofDay: readonly RuleSummary[]): string {
  const [first] = ofDay;
  const seeds = first?.seeds === 1 ? '1 seed' : `${first?.seeds ?? 0} seeds`;
  return `${(first?.means.created ?? 0).toFixed(0)} meetings, ${seeds}`;
}

function regretText(regret: number | undefined): string {
  return regret === undefined ? '–' : regret.toFixed(2);
}

function nameOf({ rule, family }: RuleSummary): string {
  return family === 'own' ? `**${rule}**` : family === 'yardstick' ? `_${rule}_` : rule;
}

function percent(share: number, digits: number): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** Padded, so that it reads on a terminal too. */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [header = [], ...body] = rows;
  return [line(header), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
