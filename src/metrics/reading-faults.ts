import { describeTags, newestOf, type HostReading, type Quantity, type Timed } from './host-reading.js';
import type { SampleFault } from './load-table.js';

const NAMES: Readonly<Record<Quantity, string>> = {
  cpu: 'CPU',
  memory: 'memory',
  network: 'network',
  cpuCount: 'number of processors',
  networkMbit: 'interface speed',
};

/** Which plugin of Telegraf (collector of node_exporter) a missing value comes from. */
const PLUGINS: Readonly<Record<Timed, string>> = {
  cpu: 'cpu with totalcpu (node_exporter: cpu)',
  memory: 'mem (node_exporter: meminfo)',
  network: 'net (node_exporter: netdev)',
};

/** What was left out of one host's readings, or never came, one sentence a kind. */
export function readingFaults(
  serverId: string,
  reading: HostReading,
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): readonly SampleFault[] {
  const faults: SampleFault[] = [];
  const add = (kind: SampleFault['kind'], message: string): void => {
    faults.push({ serverId, kind, message });
  };
  const { badValues, futureAt } = reading;
  if (badValues.length > 0) {
    const values = badValues.map(({ quantity, value }) => `${NAMES[quantity]} ${value}`).join(', ');
    add('bad-value', `${describeTags(reading)} sent ${values}: impossible, left out`);
  }
  if (futureAt !== undefined) {
    const aheadS = Math.round((futureAt - now) / 1000);
    add(
      'future-clock',
      `${describeTags(reading)} says it is ${aheadS} s in the future: samples of that time are left out; set its clock`,
    );
  }
  if (reading.hasTooFew) {
    add(
      'short-window',
      `${describeTags(reading)} has fewer than two samples within metrics.window (${windowMs / 1000} s): its CPU is unknown`,
    );
  }
  // Of a host that fell silent nothing can be said to be missing.
  const isHeard = (newestOf(reading) ?? Number.NEGATIVE_INFINITY) >= now - Math.max(windowMs, 60_000);
  const missing = isHeard ? missingOf(reading) : [];
  if (missing.length > 0) {
    const names = missing.map((quantity) => NAMES[quantity]).join(' and ');
    const plugins = missing.map((quantity) => PLUGINS[quantity]).join('; ');
    add('partial', `${describeTags(reading)} sends no ${names}: unknown; is the plugin on? ${plugins}`);
  }
  return faults;
}

function missingOf({ cpuAt, memoryAt, networkAt, badValues }: HostReading): readonly Timed[] {
  const times: Readonly<Record<Timed, number | undefined>> = {
    cpu: cpuAt,
    memory: memoryAt,
    network: networkAt,
  };
  const timed: readonly Timed[] = ['cpu', 'memory', 'network'];
  // What came and made no sense is named as such.
  return timed.filter((name) => times[name] === undefined && !badValues.some((bad) => bad.quantity === name));
}
