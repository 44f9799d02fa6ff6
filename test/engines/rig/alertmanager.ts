import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { engineRequest } from './engine-request.js';
import { type EngineServer, startEngineServer } from './engine-server.js';

export interface AlertmanagerOptions {
  /** Its configuration; copied, so that a relative template path in it would not be found. */
  readonly configFile: string;
  /** Replaces parts of the text of the configuration, such as the URL of a receiver or a waiting time. */
  readonly edit?: ((text: string) => string) | undefined;
  /** Added to its command line. */
  readonly args?: readonly string[];
}

/** An alert as it is posted: it fires until `resolve_timeout` has passed without another post. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** RFC 3339; in the past: it is resolved. */
  readonly endsAt?: string;
}

/** An alert as Alertmanager tells of it. */
export interface AlertInAlertmanager {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly receivers: readonly { readonly name: string }[];
  readonly status: {
    readonly state: 'unprocessed' | 'active' | 'suppressed';
    /** Fingerprints of the alerts that silence it. */
    readonly inhibitedBy: readonly string[];
  };
  readonly fingerprint: string;
}

/** A real Alertmanager. */
export interface Alertmanager extends EngineServer {
  /** Posts alerts as a Prometheus does. */
  post(alerts: readonly PostedAlert[]): Promise<void>;
  /** All alerts that fire, those that are silenced among them. */
  alerts(): Promise<readonly AlertInAlertmanager[]>;
}

/** Starts a fresh Alertmanager without neighbours on a free loopback port. */
export async function startAlertmanager(options: AlertmanagerOptions): Promise<Alertmanager> {
  const { configFile, edit = (text: string): string => text, args = [] } = options;
  const server = await startEngineServer({
    engine: 'alertmanager',
    readyPath: '/-/ready',
    prepare: async ({ folder, port }) => {
      const file = join(folder, 'alertmanager.yml');
      await writeFile(file, edit(await readFile(configFile, 'utf8')));
      return [
        `--config.file=${file}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        // No gossip with others: else it would listen on all interfaces.
        '--cluster.listen-address=',
        '--log.level=warn',
        ...args,
      ];
    },
  });
  const url = `${server.url}/api/v2/alerts`;
  return Object.assign(server, {
    post: async (alerts: readonly PostedAlert[]): Promise<void> => {
      const headers = { 'content-type': 'application/json' };
      await engineRequest({ url, method: 'POST', headers, body: JSON.stringify(alerts) });
    },
    alerts: async (): Promise<readonly AlertInAlertmanager[]> =>
      JSON.parse(await engineRequest({ url })) as readonly AlertInAlertmanager[],
  });
}
