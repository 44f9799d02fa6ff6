/** One variable that docker-compose.yml reads. */
export interface ComposeVariable {
  readonly name: string;
  /** One line for `.env`. */
  readonly doc: string;
  /** `secret`: made fresh by `ballast init --compose`; `owner`: user and group of whoever ran it, and of no account where root did; else what compose takes without it. */
  readonly value: 'secret' | 'owner' | { readonly fallback: string; readonly inDemo?: string };
}

/** Everything docker-compose.yml reads from `.env`, in the order of that file. */
export const COMPOSE_VARIABLES: readonly ComposeVariable[] = [
  {
    name: 'CONTAINER_USER',
    doc: 'User and group that Ballast runs as: the owner of ballast.yaml and cluster.yaml. With rootless Docker: 0:0.',
    value: 'owner',
  },
  { name: 'FRONT_END_SECRET', doc: 'Secret that front ends sign their calls with.', value: 'secret' },
  {
    name: 'ADMIN_TOKEN',
    doc: 'Token of the admin API, and of the command line inside the container.',
    value: 'secret',
  },
  {
    name: 'INFLUX_TOKEN',
    doc: 'Token of InfluxDB: Telegraf writes with it, Ballast and Grafana read. Taken over at the first start only.',
    value: 'secret',
  },
  {
    name: 'INFLUX_PASSWORD',
    doc: 'Password of the user ballast of InfluxDB. Taken over at the first start only.',
    value: 'secret',
  },
  {
    name: 'GRAFANA_PASSWORD',
    doc: 'Password of the user admin of Grafana. Taken over at the first start only.',
    value: 'secret',
  },
  { name: 'SIM_SECRET', doc: 'Secret of the simulated servers (profile demo).', value: 'secret' },
  {
    name: 'COMPOSE_PROFILES',
    doc: 'demo: simulated BigBlueButton servers and traffic run as well.',
    value: { fallback: '', inDemo: 'demo' },
  },
  {
    name: 'TELEGRAF_SERVER_ID',
    doc: 'The server whose host is this one, if any: its samples come from the Telegraf beside Ballast.',
    value: { fallback: '', inDemo: 'bbb5' },
  },
  { name: 'INFLUX_ORG', doc: 'Organisation in InfluxDB.', value: { fallback: 'ballast' } },
  { name: 'INFLUX_BUCKET', doc: 'Bucket in InfluxDB.', value: { fallback: 'ballast' } },
  { name: 'INFLUX_RETENTION', doc: 'How long InfluxDB keeps samples.', value: { fallback: '30d' } },
  { name: 'PROMETHEUS_RETENTION', doc: 'How long Prometheus keeps metrics.', value: { fallback: '30d' } },
  { name: 'API_PORT', doc: 'Port on 127.0.0.1: the BBB API.', value: { fallback: '8080' } },
  { name: 'ADMIN_PORT', doc: 'Port on 127.0.0.1: admin API and metrics.', value: { fallback: '8081' } },
  { name: 'INFLUXDB_PORT', doc: 'Port on 127.0.0.1: InfluxDB.', value: { fallback: '8086' } },
  { name: 'PROMETHEUS_PORT', doc: 'Port on 127.0.0.1: Prometheus.', value: { fallback: '9090' } },
  { name: 'ALERTMANAGER_PORT', doc: 'Port on 127.0.0.1: Alertmanager.', value: { fallback: '9093' } },
  { name: 'GRAFANA_PORT', doc: 'Port on 127.0.0.1: Grafana.', value: { fallback: '3000' } },
];

/** The part of `.env.example` that docker-compose.yml reads. */
export function composeEnvExample(): string {
  const head = `
# What docker-compose.yml reads. Do not write it by hand: \`ballast init --compose\` writes .env with fresh secrets.
`;
  return [head, ...COMPOSE_VARIABLES.map(({ name, doc, value }) => block(doc, name, fallbackOf(value)))].join(
    '\n',
  );
}

/** What a `.env` is made of. */
export interface ComposeEnvValues {
  /** A fresh secret each time it is called. */
  readonly secret: () => string;
  /** `uid:gid`. */
  readonly owner: string;
  readonly isDemo: boolean;
}

/** The text of a `.env`: secrets and owner are set, the rest stands there with its default. */
export function composeEnv({ secret, owner, isDemo }: ComposeEnvValues): string {
  const head = `# Read by docker-compose.yml. It holds secrets: keep it readable by its owner only.
`;
  const blocks = COMPOSE_VARIABLES.map(({ name, doc, value }) => {
    if (value === 'secret') return set(doc, name, secret());
    if (value === 'owner') return set(doc, name, owner);
    return isDemo && value.inDemo !== undefined
      ? set(doc, name, value.inDemo)
      : block(doc, name, value.fallback);
  });
  return [head, ...blocks].join('\n');
}

function fallbackOf(value: ComposeVariable['value']): string {
  return typeof value === 'string' ? '' : value.fallback;
}

function set(doc: string, name: string, value: string): string {
  return `# ${doc}\n${name}=${value}\n`;
}

function block(doc: string, name: string, fallback: string): string {
  return `# ${doc}\n#${name}=${fallback}\n`;
}
