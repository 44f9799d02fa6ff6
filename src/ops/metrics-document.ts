import type { MetricDescription } from './metric-catalogue.js';

const PREAMBLE = `# Exported metrics

What \`/metrics\` prints, in the Prometheus text format, or as OpenMetrics 1.0 where the \`Accept\` header asks for it. Written by \`npm run metrics\`
from the registry itself; a test holds this page to it.

- What is unknown has no series: never 0, never NaN. Names print HELP and TYPE from the start.
- The series of a server or tenant leave with it. No label carries a meeting, a person or anything a stranger can choose.
- Counters without labels begin at 0 with the process. A series with labels begins at what its first event adds, mostly 1, and
  \`increase\` does not see that one. From 0 on, for what may go wrong: \`ballast_placement_failures_total\`, \`ballast_store_failures_total\`,
  \`ballast_job_failures_total\`, \`ballast_ingest_rejected_total\`, \`ballast_callbacks_total\`, \`ballast_hook_events_total\`,
  \`ballast_log_messages_total\`, and from its first judgement of a server on \`ballast_server_health_changes_total\`.
- Times are in seconds, sizes in bytes, ratios from 0 to 1 unless their meaning says otherwise.
- \`le\` of whole numbers is \`1\` in the text format and \`1.0\` in OpenMetrics; Prometheus 3 stores both as \`1.0\`.
`;

const PROCESS = 'Process and Node';

const PROCESS_NOTE = `The default set of prom-client, without what \`promtool check metrics\` refuses; some of it exists on Linux only. Maximum and
percentiles of the event loop's lag are of the time since the last scrape, whoever scraped: of two Prometheus servers each sees a part.
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
