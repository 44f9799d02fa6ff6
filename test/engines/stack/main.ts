import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { runDemoFaults } from './demo-faults.js';
import { startStack, type Stack } from './start-stack.js';

// `npm run stack`: what docker-compose.yml starts with the profile demo, as processes of this machine, until Ctrl-C.
// `npm run stack -- --demo-faults` kills some of them in turn. Needs `npm run engines` once.
const { values } = parseArgs({ options: { 'demo-faults': { type: 'boolean', default: false } } });

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describe(stack: Stack): void {
  const rows = [
    ['BBB API', `${stack.url('ballast', 8080)}/bigbluebutton/api`],
    ['its secret', stack.env.FRONT_END_SECRET],
    ['Ballast, metrics', `${stack.url('ballast', 8081)}/metrics`],
    ['Prometheus, alerts', `${stack.url('prometheus', 9090)}/alerts`],
    ['Alertmanager', stack.url('alertmanager', 9093)],
    [
      'InfluxDB',
      `${stack.url('influxdb', 8086)} (user ballast, password ${stack.env.INFLUX_PASSWORD ?? ''})`,
    ],
  ];
  for (const [name = '', value = ''] of rows) print(`${name.padEnd(20)}${value}`);
  print('');
  print(`export BALLAST_URL=${stack.url('ballast', 8081)} BALLAST_TOKEN=${stack.env.ADMIN_TOKEN ?? ''}`);
  print('node --import tsx src/main.ts server list');
  print('');
  print('Ctrl-C ends all of it.');
}

const stopping = new AbortController();
// The engines' processes do not keep this one from ending.
const staying = setInterval(() => undefined, 60_000);
const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => {
  stopping.abort();
});
const starting = startStack({
  wantsPublishedPorts: true,
  onReady: (service) => {
    if (!stopping.signal.aborted) print(`${service} is up`);
  },
});
try {
  const stack = await Promise.race([starting.catch(() => undefined), stopped]);
  if (stack !== undefined) {
    describe(stack);
    const faults = values['demo-faults']
      ? runDemoFaults({ stack, say: print, signal: stopping.signal })
      : undefined;
    await stopped;
    await faults;
  }
} finally {
  clearInterval(staying);
  await starting.then(
    (stack) => stack.stop(),
    (error: unknown) => {
      // Ctrl-C reaches the services as well: one that ends before it was up is no fault then.
      if (stopping.signal.aborted) return;
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    },
  );
}
