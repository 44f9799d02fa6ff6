import { CliError } from './cli-error.js';
import type { InfluxdbAccess } from './programs.js';
import type { Terminal } from './terminal.js';

/** What `--influxdb` of a command means. */
export const INFLUXDB_OPTION =
  'samples go through the InfluxDB 2 of INFLUX_URL, INFLUX_TOKEN (may write and read), INFLUX_ORG and INFLUX_BUCKET';

/** The InfluxDB as the variables name it, the same ones that telegraf/telegraf.conf reads. Throws CliError. */
export function readInfluxdb(env: Terminal['env']): InfluxdbAccess {
  const missing: string[] = [];
  const read = (name: string): string => {
    const value = (env[name] ?? '').trim();
    if (value === '') missing.push(name);
    return value;
  };
  const url = read('INFLUX_URL');
  const target = { token: read('INFLUX_TOKEN'), org: read('INFLUX_ORG'), bucket: read('INFLUX_BUCKET') };
  if (missing.length > 0) {
    throw new CliError(`--influxdb needs ${missing.join(', ')} in the environment.`, { exitCode: 2 });
  }
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) {
    // Not repeated: it may hold a password.
    throw new CliError('INFLUX_URL is no URL; it looks like http://127.0.0.1:8086.', { exitCode: 2 });
  }
  return { url, ...target };
}
