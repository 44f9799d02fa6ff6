import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { engineRequest } from '../rig/engine-request.js';
import { requireEngine } from '../rig/engine-server.js';
import type { ComposeService } from './compose-project.js';
import type { LoopbackAddresses } from './loopback-addresses.js';
import type { Launch } from './native-service.js';
import type { ServiceRoot } from './service-root.js';

const SOURCE = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));
/** tsx itself runs this file, and leaves it no import.meta.resolve. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A service and its surroundings. */
export interface LaunchPlace {
  readonly name: string;
  readonly service: ComposeService;
  readonly root: ServiceRoot;
  readonly addresses: LoopbackAddresses;
  /** Added to its environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** How the service runs without Docker: its own command line and environment, with paths and addresses of this machine. */
export async function launchOf(place: LaunchPlace): Promise<Launch> {
  const [image = ''] = place.service.image.split(':');
  switch (image) {
    case 'ballast':
      return ballast(place);
    case 'influxdb':
      return influxdb(place);
    case 'telegraf':
      return telegraf(place);
    case 'prom/prometheus':
      return web(place, 'prometheus', 9090);
    case 'prom/alertmanager':
      return web(place, 'alertmanager', 9093);
    default:
      throw new Error(`${place.name}: nothing here runs the image ${image}`);
  }
}

function ballast({ name, service, root, addresses, env }: LaunchPlace): Launch {
  const command = service.command ?? [];
  const isServer = command[0] === 'serve';
  const isSim = command[0] === 'sim-server';
  const args = command.map((argument, at) => {
    const option = command[at - 1];
    if (option === '--host' || option === '--public-host') return '127.0.0.1';
    if (option === '--port') return String(addresses.port(name, Number(argument)));
    return addresses.rewrite(root.path(argument));
  });
  const listening = isServer
    ? {
        BALLAST_LISTEN_HOST: '127.0.0.1',
        BALLAST_LISTEN_PORT: String(addresses.port(name, 8080)),
        BALLAST_ADMIN_LISTEN_HOST: '127.0.0.1',
        BALLAST_ADMIN_LISTEN_PORT: String(addresses.port(name, 8081)),
        BALLAST_STORE: `sqlite:${join(root.folder, 'data', 'ballast.db')}`,
      }
    : {};
  return {
    path: process.execPath,
    args: ['--import', TSX, SOURCE, ...args],
    cwd: root.folder,
    env: { ...environmentOf(service, addresses), ...listening, ...env },
    ready: isServer
      ? { url: `${addresses.url(name, 8080)}/ready` }
      : isSim
        ? { url: `${addresses.url(name, 8090)}/bigbluebutton/api` }
        : { words: 'creates ' },
  };
}

async function influxdb({ name, service, root, addresses }: LaunchPlace): Promise<Launch> {
  const { path } = await requireEngine('influxd');
  const data = join(root.folder, 'var/lib/influxdb2');
  const url = addresses.url(name, 8086);
  const given = (key: string): string => service.environment[`DOCKER_INFLUXDB_INIT_${key}`] ?? '';
  return {
    path,
    args: [
      ...['--http-bind-address', url.slice('http://'.length)],
      ...['--bolt-path', join(data, 'influxd.bolt'), '--sqlite-path', join(data, 'influxd.sqlite')],
      ...['--engine-path', join(data, 'engine'), '--reporting-disabled', '--log-level', 'warn'],
    ],
    cwd: root.folder,
    env: {},
    ready: { url: `${url}/health` },
    // What the entry point of the image does with these variables.
    setUp: async () => {
      const body = JSON.stringify({
        username: given('USERNAME'),
        password: given('PASSWORD'),
        org: given('ORG'),
        bucket: given('BUCKET'),
        token: given('ADMIN_TOKEN'),
        retentionPeriodSeconds: daysIn(given('RETENTION')) * 86_400,
      });
      const headers = { 'content-type': 'application/json' };
      await engineRequest({ url: `${url}/api/v2/setup`, method: 'POST', headers, body });
    },
  };
}

async function telegraf({ service, root, addresses, env }: LaunchPlace): Promise<Launch> {
  const { path } = await requireEngine('telegraf');
  const [, ...args] = service.command ?? [];
  return {
    path,
    args: args.map((argument) => root.path(argument)),
    cwd: root.folder,
    env: { ...environmentOf(service, addresses), ...env },
    ready: { words: '[agent] Config: Interval:' },
  };
}

/** Prometheus or Alertmanager. */
async function web(
  { name, service, root, addresses }: LaunchPlace,
  engine: 'prometheus' | 'alertmanager',
  inner: number,
): Promise<Launch> {
  const { path } = await requireEngine(engine);
  const url = addresses.url(name, inner);
  return {
    path,
    args: [
      ...(service.command ?? []).map((argument) => root.path(argument)),
      `--web.listen-address=${url.slice('http://'.length)}`,
      '--log.level=warn',
    ],
    cwd: root.folder,
    env: {},
    ready: { url: `${url}/-/ready` },
  };
}

function environmentOf(
  { environment }: ComposeService,
  addresses: LoopbackAddresses,
): Readonly<Record<string, string>> {
  const set = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== null);
  return Object.fromEntries(set.map(([key, value]) => [key, addresses.rewrite(value)]));
}

/** `30d` as 30. */
function daysIn(retention: string): number {
  const [, days] = /^(\d+)d$/.exec(retention) ?? [];
  if (days === undefined) throw new Error(`a retention in days is wanted, not ${retention}`);
  return Number(days);
}
