import type { MetricDescription } from './metric-catalogue.js';

const PREAMBLE = `# Exported metrics

What \`/metrics\` prints, in the Prometheus text format, or as OpenMetrics 1.0 where the \`Accept\` header asks for it. Written by \`npm run metrics\`
from the registry itself; a test holds this page to it.

- What is unknown has no series: never 0, never NaN. Names print HELP and TYPE from the start.
- The series of a server or tenant leave with it. No label carries a meeting, a person or anything a stranger can choose.
- Counters begin at 0 with the process. Times are in seconds, sizes in bytes, ratios from 0 to 1.
- \`le\` of whole numbers is \`1\` in the text format and \`1.0\` in OpenMetrics; Prometheus 3 stores both as \`1.0\`.
`;

const PROCESS = 'Process and Node';

const PROCESS_NOTE = `The default set of prom-client, without what \`promtool check metrics\` refuses; some of it exists on Linux only.
`;

/** By the end of a name, the first that fits. */
const UNITS: readonly (readonly [string, string])[] = [
  ['_timestamp_seconds', 'seconds since 1970'],
  ['_bytes_per_second', 'bytes per second'],
  ['_seconds_total', 'seconds'],
  ['_seconds', 'seconds'],
  ['_bytes_total', 'bytes'],
  ['_bytes', 'bytes'],
  ['_ratio', 'ratio'],
  ['_info', 'always 1'],
  ['_cores', 'cores'],
  ['_cores_per_attendee', 'cores'],
  ['_attendees', 'attendees'],
  ['_attendees_limit', 'attendees'],
  ['_attendees_total', 'attendees'],
  ['_meetings', 'meetings'],
  ['_meetings_limit', 'meetings'],
];

/** The page about all metrics, in Markdown. */
export function metricsDocument(metrics: readonly MetricDescription[]): string {
  const groups = new Map<string, MetricDescription[]>();
  for (const metric of metrics) {
    const heading = metric.heading ?? PROCESS;
    const group = groups.get(heading);
    if (group === undefined) groups.set(heading, [metric]);
    else group.push(metric);
  }
  const sections = Array.from(groups, ([heading, group]) => {
    const note = heading === PROCESS ? `${PROCESS_NOTE}\n` : '';
    return `\n## ${heading}\n\n${note}| name | type | labels | unit | meaning |\n| --- | --- | --- | --- | --- |\n${group.map(row).join('')}`;
  });
  return `${PREAMBLE}${sections.join('')}`;
}

function row({ name, type, labels, help }: MetricDescription): string {
  const named = labels.map((label) => `\`${label}\``).join(', ');
  const meaning = help.replaceAll('|', '\\|');
  return `| \`${name}\` | ${type} | ${named === '' ? '–' : named} | ${unitOf(name)} | ${meaning} |\n`;
}

function unitOf(name: string): string {
  return UNITS.find(([end]) => name.endsWith(end))?.[1] ?? '–';
}
