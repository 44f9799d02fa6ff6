import { COMPOSE_CONFIG_GO, COMPOSE_CONFIG_GO_MOD, COMPOSE_GO_VERSION } from './compose-config.js';
import type { Engine, EngineName } from './engine.js';

const TELEGRAF_PARTS = [
  'inputs.cpu',
  'inputs.mem',
  'inputs.system',
  'inputs.net',
  'inputs.disk',
  'inputs.http',
  'inputs.http_response',
  'inputs.internal',
  'outputs.influxdb',
  'outputs.influxdb_v2',
  'outputs.file',
  'outputs.prometheus_client',
  'parsers.xpath',
  'parsers.influx',
  'serializers.influx',
];

const INFLUXD_GO_MOD = `module influxd-build

go 1.24

require github.com/influxdata/influxdb/v2 v2.7.12

replace github.com/nats-io/nats-streaming-server v0.11.2 => github.com/influxdata/nats-streaming-server v0.11.3-0.20201112040610-c277f7560803
`;

/** Ruby finds its libraries by fixed paths unless it is told. */
const RUBY_SCRIPT = `#!/bin/sh
tree=$(dirname -- "$(readlink -f -- "$0")")/tree
libs=$(echo "$tree"/usr/lib/*-linux-gnu)
export LD_LIBRARY_PATH="$libs\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export RUBYLIB="$tree/usr/lib/ruby/3.1.0:$libs/ruby/3.1.0:$tree/usr/lib/ruby/vendor_ruby:$(echo "$tree"/usr/share/rubygems-integration/all/gems/minitest-*/lib)"
export MT_NO_PLUGINS=1
exec "$tree/usr/bin/ruby3.1" --disable-gems "$@"
`;

/** Every engine the suites run, in the order in which they are built. */
export const ENGINES: readonly Engine[] = [
  {
    name: 'prometheus',
    version: '2.42.0',
    variable: 'BALLAST_TEST_PROMETHEUS',
    commands: ['prometheus'],
    versionArgs: ['--version'],
    recipe: { kind: 'debian', package: 'prometheus', file: 'usr/bin/prometheus' },
    takes: 'seconds',
  },
  {
    name: 'promtool',
    version: '2.42.0',
    variable: 'BALLAST_TEST_PROMTOOL',
    commands: ['promtool'],
    versionArgs: ['--version'],
    recipe: { kind: 'debian', package: 'prometheus', file: 'usr/bin/promtool' },
    takes: 'seconds',
  },
  {
    name: 'alertmanager',
    version: '0.28.1',
    variable: 'BALLAST_TEST_ALERTMANAGER',
    commands: ['alertmanager', 'prometheus-alertmanager'],
    versionArgs: ['--version'],
    // Debian's looks for its template where only an installed package has it.
    recipe: {
      kind: 'go-install',
      target: 'github.com/prometheus/alertmanager/cmd/alertmanager@v0.28.1',
      tags: [],
      ldflags: '-X github.com/prometheus/common/version.Version=0.28.1',
    },
    takes: 'one to three minutes',
  },
  {
    name: 'amtool',
    version: '0.25.0',
    variable: 'BALLAST_TEST_AMTOOL',
    commands: ['amtool'],
    versionArgs: ['--version'],
    recipe: { kind: 'debian', package: 'prometheus-alertmanager', file: 'usr/bin/amtool' },
    takes: 'seconds',
  },
  {
    name: 'prometheus-node-exporter',
    version: '1.5.0',
    variable: 'BALLAST_TEST_NODE_EXPORTER',
    commands: ['prometheus-node-exporter', 'node_exporter'],
    versionArgs: ['--version'],
    recipe: {
      kind: 'debian',
      package: 'prometheus-node-exporter',
      file: 'usr/bin/prometheus-node-exporter',
    },
    takes: 'seconds',
  },
  {
    name: 'influxdb1',
    version: '1.6.7',
    variable: 'BALLAST_TEST_INFLUXD1',
    commands: ['influxd'],
    versionArgs: ['version'],
    recipe: { kind: 'debian', package: 'influxdb', file: 'usr/bin/influxd' },
    takes: 'seconds',
  },
  {
    name: 'nginx',
    version: '1.22.1',
    variable: 'BALLAST_TEST_NGINX',
    commands: ['nginx'],
    versionArgs: ['-v'],
    recipe: { kind: 'debian', package: 'nginx', file: 'usr/sbin/nginx' },
    takes: 'seconds',
  },
  {
    name: 'ruby',
    version: '3.1.2',
    variable: 'BALLAST_TEST_RUBY',
    commands: ['ruby'],
    versionArgs: ['--version'],
    recipe: {
      kind: 'debian',
      package: 'ruby3.1',
      file: 'usr/bin/ruby',
      tree: {
        packages: ['libruby3.1', 'ruby-minitest', 'libyaml-0-2', 'libgmp10', 'libffi8'],
        script: RUBY_SCRIPT,
      },
    },
    takes: 'seconds',
  },
  {
    name: 'caddy',
    version: '2.6.2',
    variable: 'BALLAST_TEST_CADDY',
    commands: ['caddy'],
    versionArgs: ['version'],
    recipe: { kind: 'debian', package: 'caddy', file: 'usr/bin/caddy' },
    takes: 'seconds',
  },
  {
    name: 'compose-config',
    version: COMPOSE_GO_VERSION,
    variable: 'BALLAST_TEST_COMPOSE_CONFIG',
    commands: ['compose-config'],
    versionArgs: ['--version'],
    recipe: { kind: 'go-program', goMod: COMPOSE_CONFIG_GO_MOD, main: COMPOSE_CONFIG_GO },
    takes: 'half a minute',
  },
  {
    name: 'telegraf',
    version: '1.37.2',
    variable: 'BALLAST_TEST_TELEGRAF',
    commands: ['telegraf'],
    versionArgs: ['--version'],
    recipe: {
      kind: 'go-install',
      target: 'github.com/influxdata/telegraf/cmd/telegraf@v1.37.2',
      tags: ['custom', ...TELEGRAF_PARTS],
      ldflags: '-X github.com/influxdata/telegraf/internal.Version=1.37.2',
    },
    takes: 'one to three minutes',
  },
  {
    name: 'influxd',
    version: '2.7.12',
    variable: 'BALLAST_TEST_INFLUXD',
    commands: ['influxd'],
    versionArgs: ['version'],
    recipe: {
      kind: 'go-build',
      package: 'github.com/influxdata/influxdb/v2/cmd/influxd',
      goMod: INFLUXD_GO_MOD,
      ldflags: '-X main.version=v2.7.12',
      pkgConfig: 'github.com/influxdata/pkg-config@v0.3.0',
    },
    takes: 'four to eight minutes',
  },
];

/** The engine of that name. */
export function engineNamed(name: EngineName): Engine {
  const engine = ENGINES.find((candidate) => candidate.name === name);
  if (engine === undefined) throw new Error(`no engine is called ${name}`);
  return engine;
}
