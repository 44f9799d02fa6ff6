import { styleText } from 'node:util';
import type { ServerView } from '../../admin/views.js';
import type { Note, ShownPlacement, Snapshot } from './admin-watch.js';
import type { TrafficCounts } from './traffic.js';

/** Everything one picture shows. */
export interface Picture {
  /** Demo time, ms since its midnight. */
  readonly demoTime: number;
  readonly snapshot: Snapshot;
  readonly notes: readonly Note[];
  readonly counts: TrafficCounts;
}

/** How to draw. */
export interface Canvas {
  readonly isColoured: boolean;
  /** Lines are cut here; `undefined` for no limit. */
  readonly columns: number | undefined;
}

type Colour = 'green' | 'yellow' | 'red' | 'dim' | 'bold';

const PLACEMENTS = 5;
const NOTES = 6;

/** The live picture as lines: servers, last placements with the reason, what happened. */
export function drawPicture(picture: Picture, canvas: Canvas): readonly string[] {
  const { snapshot, notes, counts } = picture;
  const paint = (colour: Colour, text: string): string =>
    canvas.isColoured ? styleText(colour, text, { validateStream: false }) : text;
  const cut = (text: string): string => text.slice(0, canvas.columns ?? text.length);
  const status =
    `${clock(picture.demoTime)}   ${counts.creates} creates, ${counts.failedCreates} failed   ` +
    `${counts.joins} joins, ${counts.failedJoins} tried again   ${counts.ends} ends`;
  return [
    paint('bold', cut(status)),
    '',
    ...table(snapshot.servers).map((line, index) => {
      const server = snapshot.servers[index - 1];
      return paint(server ? colourOf(server) : 'bold', cut(line));
    }),
    '',
    paint('bold', 'Last placements'),
    ...snapshot.placements.slice(0, PLACEMENTS).map((placement) => cut(`  ${describe(placement)}`)),
    '',
    paint('bold', 'What happened'),
    ...notes
      .slice(-NOTES)
      .map((note) => paint(note.text.startsWith('Ballast:') ? 'green' : 'yellow', cut(`  ${note.text}`))),
  ];
}

/** The header of the demo: what to do with it. The API URL comes first. */
export function drawHeader(links: {
  readonly apiUrl: string;
  readonly secret: string;
  readonly signedUrl: string;
  readonly metricsUrl: string;
  readonly adminUrl: string;
  readonly adminToken: string;
  /** Where samples go, when not straight to Ballast. */
  readonly samples?: string;
}): string {
  return [
    `BBB API   ${links.apiUrl}/`,
    `secret    ${links.secret}`,
    `try       curl '${links.signedUrl}'`,
    `metrics   ${links.metricsUrl}`,
    `admin     curl -H 'Authorization: Bearer ${links.adminToken}' ${links.adminUrl}/admin/v1/servers`,
    ...(links.samples === undefined ? [] : [`samples   ${links.samples}`]),
    '',
    '',
  ].join('\n');
}

function table(servers: readonly ServerView[]): readonly string[] {
  const heading = ['server', 'state', 'CPU', 'attendees', 'reserved', 'meetings', 'load'];
  const rows = servers.map((server) => [
    server.id,
    server.adminState === 'enabled' ? server.health : `${server.health}, ${server.adminState}`,
    percent(server.cpu),
    server.attendees?.toString() ?? '-',
    server.reservedAttendees === undefined ? '-' : String(Math.round(server.reservedAttendees)),
    server.meetings?.toString() ?? '-',
    percent(server.load),
  ]);
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [heading, ...rows].map((cells) =>
    cells
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
}

function colourOf({ health }: ServerView): Colour {
  if (health === 'online') return 'green';
  return health === 'unknown' ? 'dim' : health === 'unstable' ? 'yellow' : 'red';
}

function describe({ meetingId, serverId, expectedAttendees, decision }: ShownPlacement): string {
  const place = `${meetingId} (${Math.round(expectedAttendees)}) → ${serverId ?? 'nowhere'}`;
  return `${place.padEnd(24)} ${decision.reason}: ${decision.explanation}`;
}

function percent(ratio: number | undefined): string {
  return ratio === undefined ? '-' : `${Math.round(ratio * 100)} %`;
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}
