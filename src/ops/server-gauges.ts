import { Gauge, type Registry } from 'prom-client';
import type { ServerSnapshot } from './metrics-sources.js';

const HEALTH_STATES = ['unknown', 'online', 'unstable', 'offline', 'wrong-secret'];
const ADMIN_STATES = ['enabled', 'cordoned', 'disabled'];

const VALUES: readonly {
  readonly name: string;
  readonly help: string;
  readonly read: (server: ServerSnapshot) => number | undefined;
}[] = [
  {
    name: 'ballast_server_cpu_ratio',
    help: 'Busy CPU of the host over the window, 0 to 1.',
    read: (server) => server.cpu,
  },
  {
    name: 'ballast_server_memory_ratio',
    help: 'Memory in use on the host, 0 to 1.',
    read: (server) => server.memory,
  },
  {
    name: 'ballast_server_network_bytes_per_second',
    help: 'Bytes sent plus received by the host over the window.',
    read: (server) => server.networkBytesPerSecond,
  },
  {
    name: 'ballast_server_load',
    help: 'Tightest resource against its limit times loadMultiplier, as placement sees it.',
    read: (server) => server.load,
  },
  {
    name: 'ballast_server_sample_age_seconds',
    help: 'Age of the newest sample of the host.',
    read: (server) => server.sampleAgeSeconds,
  },
  {
    name: 'ballast_server_attendees',
    help: 'Attendees counted by the newest poll.',
    read: (server) => server.attendees,
  },
  {
    name: 'ballast_server_meetings',
    help: 'Meetings counted by the newest poll.',
    read: (server) => server.meetings,
  },
  {
    name: 'ballast_server_reserved_attendees',
    help: 'Attendees promised to young meetings and not yet counted.',
    read: (server) => server.reservedAttendees,
  },
];

/** The gauges of each server: rebuilt from a snapshot at each scrape, so a removed server's series vanish. */
export class ServerGauges {
  readonly #values: readonly {
    readonly gauge: Gauge;
    readonly read: (s: ServerSnapshot) => number | undefined;
  }[];
  readonly #health: Gauge;
  readonly #adminState: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#values = VALUES.map(({ name, help, read }) => ({
      gauge: new Gauge({ name, help, labelNames: ['server'], registers }),
      read,
    }));
    this.#health = new Gauge({
      name: 'ballast_server_health',
      help: 'Health of the server: 1 for the state it is in, 0 for the others.',
      labelNames: ['server', 'state'],
      registers,
    });
    this.#adminState = new Gauge({
      name: 'ballast_server_admin_state',
      help: 'Admin state of the server: 1 for the state it is in, 0 for the others.',
      labelNames: ['server', 'state'],
      registers,
    });
  }

  update(servers: readonly ServerSnapshot[]): void {
    for (const { gauge, read } of this.#values) {
      gauge.reset();
      for (const server of servers) {
        const value = read(server);
        if (value !== undefined && Number.isFinite(value)) gauge.set({ server: server.id }, value);
      }
    }
    this.#health.reset();
    this.#adminState.reset();
    for (const { id, health, adminState } of servers) {
      for (const state of HEALTH_STATES) {
        this.#health.set({ server: id, state }, health === state ? 1 : 0);
      }
      for (const state of ADMIN_STATES) {
        this.#adminState.set({ server: id, state }, adminState === state ? 1 : 0);
      }
    }
  }
}
