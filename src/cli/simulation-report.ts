import type { RuleSummary } from '../sim/yardstick/summarize.js';
import { showRatio } from './show.js';
import { type Column, renderTable } from './table.js';
import { paint, type Terminal } from './terminal.js';

type Colours = Pick<Terminal, 'isColoured'>;

const COLUMNS: readonly Column<RuleSummary>[] = [
  {
    title: 'RULE',
    value: ({ rule }) => rule,
    tone: ({ family }) => (family === 'own' ? 'heading' : family === 'yardstick' ? 'faint' : undefined),
  },
  number('REGRET', ({ regret }) => regret?.toFixed(2) ?? '-'),
  number('PEOPLE-MIN >80 %', ({ overloadedShare }) => `${(100 * overloadedShare).toFixed(2)} %`),
  number('SERVER-MIN >80 %', ({ means }) => rounded(means.serverMinutesAbove80)),
  number('>95 %', ({ means }) => rounded(means.serverMinutesAbove95)),
  number('PEOPLE HIT', ({ means }) => rounded(means.attendeesOverloaded)),
  number('HIGHEST', ({ means }) => showRatio(means.highestCpu)),
  number('SPREAD', ({ means }) => means.spreadAtPeak.toFixed(2)),
  number('MOST/MIN', ({ means }) => rounded(means.mostPlacedInAMinute)),
  number('REFUSED', ({ means }) => rounded(means.refused)),
  number('MOVED', ({ means }) => rounded(means.moved)),
];

const LEGEND = `
REGRET: 0 as good as a clairvoyant, 1 as the best other balancer. PEOPLE-MIN, SERVER-MIN: minutes of people on servers, and of
servers, above that CPU. PEOPLE HIT: who ever sat on one. HIGHEST: CPU of any server. SPREAD: highest to mean CPU at the peak.
MOST/MIN: most new meetings that one server got within a minute. Means over the seeds.
`;

/** A table for each day, best rule first, with what the columns mean and what had to be assumed. */
export function simulationReport(
  terminal: Colours,
  summaries: readonly RuleSummary[],
  assumptions: readonly string[],
): string {
  const days = [...new Set(summaries.map(({ day }) => day))];
  const tables = days.map((day) => {
    const rows = summaries
      .filter((summary) => summary.day === day)
      .sort((left, right) => left.overloadedShare - right.overloadedShare);
    const [first] = rows;
    const seeds = first === undefined || first.seeds === 1 ? '1 seed' : `${first.seeds} seeds`;
    const heading = `${paint(terminal, 'heading', day)} (${seeds}, ${rounded(first?.means.created ?? 0)} meetings)`;
    return `${heading}\n${renderTable(terminal, COLUMNS, rows)}`;
  });
  const assumed = assumptions.length === 0 ? [] : ['\nAssumed:\n', ...assumptions.map((one) => `- ${one}\n`)];
  return [tables.join('\n'), LEGEND, ...assumed].join('');
}

/** Every day and every rule, a line each. */
export function simulationList(
  terminal: Colours,
  days: readonly { readonly name: string; readonly about: string }[],
  rules: readonly { readonly name: string; readonly family: RuleSummary['family'] }[],
): string {
  const families = {
    own: "Ballast's policy",
    peer: 'rule of another balancer',
    yardstick: 'yardstick, knows the future',
  };
  return [
    renderTable(
      terminal,
      [
        { title: 'DAY', value: ({ name }) => name },
        { title: 'WHAT IS HARD', value: ({ about }) => about },
      ],
      days,
    ),
    '\n',
    renderTable(
      terminal,
      [
        { title: 'RULE', value: ({ name }) => name },
        { title: 'WHOSE', value: ({ family }) => families[family] },
      ],
      rules,
    ),
  ].join('');
}

function number(title: string, value: Column<RuleSummary>['value']): Column<RuleSummary> {
  return { title, align: 'right', value };
}

/** Small means keep a digit: 0.3 moves are not none. */
function rounded(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : value.toFixed(0);
}
