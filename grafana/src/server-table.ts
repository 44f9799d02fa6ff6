import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { adminState, healthCell, newMeetings, unknownAsDash } from './mappings.js';
import { rising } from './palette.js';
import { openServer } from './panels/open-server.js';
import { table, type Column } from './panels/table.js';
import { adminCode, healthCode, newMeetingsCode, perServer } from './promql.js';
import { rows } from './query.js';

/** The last one is only for the order: what is broken first, then what takes no meetings, then what is unknown. */
const RANK = [
  `10 * ${healthCode()}`,
  `+ on (server) (5 * (${perServer('ballast_server_eligible')} == bool 0) or 0 * ${healthCode()})`,
  `+ on (server) (${perServer('ballast_server_load')} or 3 + 0 * ${healthCode()})`,
].join('\n');

const unknown = [unknownAsDash];

const COLUMNS: readonly (Column & { readonly expr?: string })[] = [
  { from: 'server', title: 'Server', width: 125, link: openServer('${__value.text}') },
  { from: 'A', expr: healthCode(), title: 'Health', width: 120, mappings: healthCell, cell: 'background' },
  { from: 'B', expr: adminCode(), title: 'Admin state', width: 100, mappings: adminState, cell: 'text' },
  {
    from: 'C',
    expr: newMeetingsCode(),
    title: 'New meetings',
    width: 160,
    mappings: newMeetings,
    cell: 'text',
  },
  {
    from: 'D',
    expr: perServer('ballast_server_load'),
    title: 'Load (1 = limit)',
    mappings: unknown,
    decimals: 2,
    thresholds: rising(0.8, 1),
    cell: 'gauge',
    max: 1.2,
  },
  { from: 'E', expr: perServer('ballast_server_cpu_ratio'), title: 'CPU', width: 60, ...percent() },
  {
    from: 'F',
    expr: perServer('ballast_server_limit_ratio', 'resource="cpu"'),
    title: 'CPU limit',
    width: 80,
    ...percent(),
  },
  { from: 'G', expr: perServer('ballast_server_memory_ratio'), title: 'Memory', width: 75, ...percent() },
  {
    from: 'H',
    expr: perServer('ballast_server_attendees'),
    title: 'Attendees',
    width: 85,
    mappings: unknown,
  },
  {
    from: 'I',
    expr: perServer('ballast_server_reserved_attendees'),
    title: 'Reserved',
    width: 80,
    decimals: 0,
    mappings: unknown,
  },
  { from: 'J', expr: perServer('ballast_server_meetings'), title: 'Meetings', width: 80, mappings: unknown },
  {
    from: 'K',
    expr: perServer('ballast_server_sample_age_seconds'),
    title: 'Sample age',
    width: 95,
    unit: 's',
    decimals: 1,
    mappings: unknown,
    thresholds: rising(60, 120),
    cell: 'text',
  },
];

/** One row a server, the broken ones first. */
export function serverTable(id: number): Panel {
  return table({
    id,
    title: 'Servers',
    help: {
      shows:
        'Every server, the broken ones first, then those that take no new meetings. Load is the tightest resource (CPU, memory, network, people) against its limit, with what is promised and predicted: 1 is full. Reserved are people promised to young meetings and not yet there. Sample age is orange from 1 minute on; from 2 minutes (the default of metrics.maxAge) samples count as unknown. "–" is not known; it is never a zero.',
      normal: 'all online, loads close to each other and below 1, sample age under a minute.',
      act: 'click the server for its own dashboard; "offline" and "wrong secret" need somebody now.',
    },
    width: 24,
    height: 11,
    unit: 'short',
    queries: [...COLUMNS.flatMap(({ expr }) => (expr === undefined ? [] : [rows(expr)])), rows(RANK)],
    joinBy: 'server',
    sortBy: { from: 'Value #L', isDescending: true },
    columns: COLUMNS.map(({ expr, ...column }) =>
      expr === undefined ? column : { ...column, from: `Value #${column.from}` },
    ),
  });
}

function percent(): Pick<Column, 'unit' | 'decimals' | 'mappings'> {
  return { unit: 'percentunit', decimals: 0, mappings: unknown };
}
