import type { MetricBook } from './metric-book.js';
import type { ServerSnapshot } from './metrics-sources.js';

/** Every health and admin state that a server can have. */
export interface ServerStates {
  readonly healths: readonly string[];
  readonly adminStates: readonly string[];
}

/** What is measured, counted and known of each server. */
export function serverMetrics(book: MetricBook, { healths, adminStates }: ServerStates): void {
  book.readServers(
    'ballast_server_cpu_ratio',
    'Busy CPU of the host over the window, 0 to 1.',
    ({ cpu }) => cpu,
  );
  book.readServers(
    'ballast_server_memory_ratio',
    'Memory in use on the host, 0 to 1.',
    ({ memory }) => memory,
  );
  book.readServers(
    'ballast_server_network_bytes_per_second',
    'Bytes sent plus received by the host over the window.',
    ({ networkBytesPerSecond }) => networkBytesPerSecond,
  );
  book.readServers(
    'ballast_server_network_ratio',
    'Bytes sent plus received, as a part of what the network of the host carries; only where that is configured or told.',
    ({ networkBytesPerSecond: bytes, networkMbit: mbit }) =>
      bytes === undefined || mbit === undefined || mbit <= 0 ? undefined : (bytes * 8) / (mbit * 1e6),
  );
  book.readServers(
    'ballast_server_cores',
    'Logical processors of the host, where its samples tell.',
    ({ cores }) => cores,
  );
  book.readServers(
    'ballast_server_sample_age_seconds',
    'Age of the newest sample of the host.',
    ({ sampleAgeSeconds }) => sampleAgeSeconds,
  );
  book.readServers(
    'ballast_server_poll_age_seconds',
    'Time since the newest good poll of the server.',
    ({ pollAgeSeconds }) => pollAgeSeconds,
  );
  book.readServers(
    'ballast_server_attendees',
    'Attendees counted by the newest poll.',
    ({ attendees }) => attendees,
  );
  book.readServers(
    'ballast_server_meetings',
    'Meetings counted by the newest poll.',
    ({ meetings }) => meetings,
  );
  states(book, 'ballast_server_health', 'Health of the server', healths, ({ health }) => health);
  states(
    book,
    'ballast_server_admin_state',
    'Admin state of the server',
    adminStates,
    ({ adminState }) => adminState,
  );
  book.readServers(
    'ballast_server_certificate_expiry_timestamp_seconds',
    'When the TLS certificate that the server showed last ends, seconds since 1970; servers by https only.',
    ({ certificateExpiresAt: expiresAt }) => (expiresAt === undefined ? undefined : expiresAt / 1000),
  );
}

function states(
  book: MetricBook,
  name: string,
  what: string,
  known: readonly string[],
  stateOf: (server: ServerSnapshot) => string,
): void {
  const help = `${what}: 1 for the state it is in, 0 for the others.`;
  book.read(name, help, ['server', 'state'], ({ servers }) =>
    servers.flatMap((server) => {
      const current = stateOf(server);
      return known.map((state) => ({
        labels: { server: server.id, state },
        value: state === current ? 1 : 0,
      }));
    }),
  );
}
