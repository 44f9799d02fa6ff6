import { HostReporter, SamplesRefusedError } from '../host-reporter.js';
import type { SimServer } from '../sim-server.js';

/** The InfluxDB 2 the demo's samples go through, as Telegraf and Ballast are told of one. */
export interface InfluxdbTarget {
  readonly url: string;
  readonly token: string;
  readonly org: string;
  readonly bucket: string;
}

/** Writes one batch of samples. Throws an Error that says which of the four is wrong, with InfluxDB's own words. */
export async function tryInfluxdb(servers: readonly SimServer[], target: InfluxdbTarget): Promise<void> {
  try {
    await new HostReporter({ servers, ...target }).report();
  } catch (error) {
    throw new Error(`${target.url} does not take the demo's samples: ${adviceOn(error)}`, { cause: error });
  }
}

function adviceOn(error: unknown): string {
  if (!(error instanceof SamplesRefusedError)) return 'is it running, and is INFLUX_URL right?';
  if (error.statusCode === 401 || error.statusCode === 403) {
    return 'INFLUX_TOKEN is wrong, or may not write into that bucket';
  }
  return error.statusCode === 404
    ? 'INFLUX_ORG or INFLUX_BUCKET is wrong'
    : 'is INFLUX_URL that of an InfluxDB 2?';
}
