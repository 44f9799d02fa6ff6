import type { RuleSummary } from '../../src/sim/yardstick/summarize.js';

const HEADER = [
  'rule',
  'regret',
  'people above 80 %',
  'server-min > 80 %',
  'server-min > 95 %',
  'people hit',
  'spread at peak',
  'highest CPU',
  'most a minute',
  'refused',
  'moved',
];

/** One Markdown table for each day. */
export function dayTables(summaries: readonly RuleSummary[]): string {
  const days = [...new Set(summaries.map(({ day }) => day))];
  return days
    .map((day) => {
      const rows = summaries.filter((summary) => summary.day === day).map(rowOf);
      return `### ${day}\n\n${markdownTable([HEADER, ...rows])}`;
    })
    .join('\n\n');
}

/** Regret of each rule on each day: 0 is the clairvoyant, 1 the best peer. */
export function regretTable(summaries: readonly RuleSummary[]): string {
  const days = [...new Set(summaries.map(({ day }) => day))];
  const rules = [...new Set(summaries.map(({ rule }) => rule))];
  const rows = rules.map((rule) => {
    const ofRule = summaries.filter((summary) => summary.rule === rule);
    const cells = days.map((day) => regretText(ofRule.find((summary) => summary.day === day)?.regret));
    return [ofRule[0] ? nameOf(ofRule[0]) : rule, ...cells];
  });
  return `### Regret\n\n${markdownTable([['rule', ...days], ...rows])}`;
}

function regretText(regret: number | undefined): string {
  return regret === undefined ? '–' : regret.toFixed(2);
}

function nameOf({ rule, family }: RuleSummary): string {
  return family === 'own' ? `**${rule}**` : family === 'yardstick' ? `_${rule}_` : rule;
}

function rowOf(summary: RuleSummary): string[] {
  const { regret, means, overloadedShare, overloadedShareError } = summary;
  return [
    nameOf(summary),
    regretText(regret),
    `${percent(overloadedShare, 2)} ± ${(overloadedShareError * 100).toFixed(2)}`,
    means.serverMinutesAbove80.toFixed(0),
    means.serverMinutesAbove95.toFixed(0),
    means.attendeesOverloaded.toFixed(0),
    means.spreadAtPeak.toFixed(2),
    percent(means.highestCpu, 0),
    means.mostPlacedInAMinute.toFixed(1),
    means.refused.toFixed(1),
    means.moved.toFixed(1),
  ];
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
