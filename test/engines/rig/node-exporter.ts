import { type EngineServer, startEngineServer } from './engine-server.js';

/** Starts a real Prometheus node exporter of this machine on a free loopback port; it answers `/metrics`. */
export async function startNodeExporter(args: readonly string[] = []): Promise<EngineServer> {
  return startEngineServer({
    engine: 'prometheus-node-exporter',
    readyPath: '/',
    prepare: async ({ port }) => [`--web.listen-address=127.0.0.1:${port}`, ...args],
  });
}
