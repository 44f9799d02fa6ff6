import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { composeBallastYaml, composeClusterYaml } from '../src/cli/compose-files.js';
import { COMPOSE_VARIABLES } from '../src/cli/compose-variables.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string): string => readFileSync(`${root}/${name}`, 'utf8');

const bind = z.object({ type: z.string(), source: z.string(), target: z.string(), read_only: z.boolean() });
const schema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      init: z.literal(true),
      restart: z.literal('unless-stopped'),
      security_opt: z.array(z.string()),
      mem_limit: z.string(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).default({}),
      volumes: z.array(z.union([z.string(), bind])).default([]),
      ports: z.array(z.string()).default([]),
      profiles: z.array(z.string()).default([]),
      healthcheck: z.unknown().optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

describe('docker-compose.yml', () => {
  const text = read('docker-compose.yml');
  const { services, volumes } = schema.parse(parse(text, { merge: true }));
  const all = Object.entries(services);
  /** `source:target` of each mount. */
  const mounts = all.flatMap(([, service]) =>
    service.volumes.map((volume) =>
      typeof volume === 'string'
        ? { source: volume.split(':')[0] ?? '', isReadOnly: volume.endsWith(':ro') }
        : { source: volume.source, isReadOnly: volume.read_only },
    ),
  );

  it('mounts only files that are here or that `ballast init --compose` writes, and none to write on', () => {
    const files = mounts.filter(({ source }) => source.startsWith('.'));
    expect(files).to.have.length.greaterThan(8);
    expect(files.filter(({ isReadOnly }) => !isReadOnly)).to.deep.equal([]);
    const written = new Set(['./ballast.yaml', './cluster.yaml']);
    const missing = files.filter(({ source }) => !written.has(source) && !existsSync(`${root}/${source}`));
    expect(missing).to.deep.equal([]);
    const named = mounts.map(({ source }) => source).filter((source) => !source.startsWith('.'));
    expect([...new Set(named)].sort()).to.deep.equal(Object.keys(volumes).sort());
  });

  it('opens Grafana on a dashboard that is there', () => {
    const home = services.grafana?.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH ?? '';
    expect(home).to.match(/^\/var\/lib\/grafana\/dashboards\//);
    expect(existsSync(home.replace('/var/lib/grafana', `${root}/grafana`))).to.equal(true);
  });

  it('gives each data source of Grafana the variables that it reads', () => {
    const names = [...read('grafana/provisioning/datasources/ballast.yml').matchAll(/\$\{?([A-Z_]+)\}?/g)];
    expect(names.length).to.be.greaterThan(3);
    expect(services.grafana?.environment).to.include.keys(...new Set(names.map(([, name = '']) => name)));
  });

  it('reads each variable of the table, with the default that stands there', () => {
    const uses = [...text.matchAll(/\$\{([A-Z_]+)(:[?-])([^}]*)\}/g)];
    expect(uses.length).to.equal(text.split('${').length - 1);
    const given = new Map(COMPOSE_VARIABLES.map(({ name, value }) => [name, value]));
    for (const [use, name = '', operator, rest] of uses) {
      const value = given.get(name);
      expect(value, `${use} is in no table`).not.to.equal(undefined);
      // The cluster file of a real pool has no use for this one.
      if (use === '${SIM_SECRET:-}') continue;
      if (typeof value === 'object') expect([operator, rest], use).to.deep.equal([':-', value.fallback]);
      else expect([operator, rest], use).to.deep.equal([':?', 'run ballast init --compose']);
    }
    // This one Compose itself reads.
    const unread = COMPOSE_VARIABLES.filter(({ name }) => !uses.some(([, used]) => used === name));
    expect(unread.map(({ name }) => name)).to.deep.equal(['COMPOSE_PROFILES']);
  });

  it('holds no secret and no default for one', () => {
    const sensitive = all.flatMap(([, { environment }]) =>
      Object.entries(environment).filter(([name]) => /PASSWORD|TOKEN|SECRET/.test(name)),
    );
    expect(sensitive.length).to.be.greaterThan(10);
    for (const [name, value] of sensitive) expect(value, name).to.match(/^\$\{[A-Z_]+(:\?.+|:-)\}$/);
  });

  it('publishes ports on loopback only', () => {
    const ports = all.flatMap(([, service]) => service.ports);
    expect(ports).to.have.length(6);
    for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+$/);
  });

  it('pins every image, and Ballast to its version', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    const images = new Set(all.map(([, { image }]) => image));
    for (const image of images) expect(image).to.match(/^[a-z/]+:v?\d+\.\d+\.\d+$/);
    expect(images).to.include(`ballast:${version}`);
    expect(images.size).to.equal(6);
  });

  it('watches the health of every service that can be asked', () => {
    const unwatched = all.filter(([, { healthcheck }]) => healthcheck === undefined).map(([name]) => name);
    // The image of Ballast brings its own; Telegraf answers nobody.
    expect(unwatched.sort()).to.deep.equal(['ballast', 'telegraf']);
    expect(read('Dockerfile')).to.match(/^HEALTHCHECK /m);
  });

  it('runs, in the profile demo, just the servers that the cluster file of the demo lists', () => {
    const simulated = all.filter(([, { command }]) => command?.[0] === 'sim-server');
    const listed = [...composeClusterYaml({ isDemo: true }).matchAll(/^url: http:\/\/(\w+):(\d+)$/gm)];
    expect(listed.map(([, host]) => host)).to.deep.equal(simulated.map(([name]) => name));
    for (const [name, { command = [], profiles }] of simulated) {
      expect(profiles).to.deep.equal(['demo']);
      expect(`bbb${command[command.indexOf('--first') + 1] ?? ''}`).to.equal(name);
      expect(command[command.indexOf('--public-host') + 1]).to.equal(name);
      const port = listed.find(([, host]) => host === name)?.[2];
      expect(command[command.indexOf('--port') + 1]).to.equal(port);
    }
  });

  it('tells simulated servers where Ballast is, so that webhooks work in the demo, and others what is to be set', () => {
    const demo = composeBallastYaml({ isDemo: true });
    const url = new URL(/^publicUrl: (\S+)$/m.exec(demo)?.[1] ?? '');
    expect(Object.keys(services)).to.include(url.hostname);
    expect(demo).to.contain(`listen: { host: 0.0.0.0, port: ${url.port} }`);
    expect(composeBallastYaml({ isDemo: false })).to.match(/webhooks.*\n(?:#.*\n)*# publicUrl: /);
  });
});
