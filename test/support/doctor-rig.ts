import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDoctor, type DoctorOptions } from '../../src/app-doctor.js';
import type { DoctorReport } from '../../src/doctor/report.js';
import { silentLogger } from '../../src/log.js';
import type { ServerDefinition } from '../../src/pool/server.js';
import { startSimServer, type SimServer, type SimServerOptions } from '../../src/sim/sim-server.js';
import { openStore } from '../../src/store/open-store.js';
import { serverDefinition } from './poll-xml.js';

export const DOCTOR_TOKEN = 'admin-token-of-the-doctor-rig';
/** Of a server that hangs; a busy machine may take a second over an answer. */
export const DOCTOR_POLL_MS = 2_000;

/** A folder with a configuration and a store, simulated servers, and the doctor that looks at them. */
export class DoctorRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'ballast-doctor-'));
  readonly #open: { stop(): Promise<unknown> }[] = [];

  get storeFile(): string {
    return join(this.folder, 'ballast.db');
  }

  get configFile(): string {
    return join(this.folder, 'ballast.yaml');
  }

  /** Writes the configuration; `settings` win over the rig's own, group by group. */
  configure(settings: Readonly<Record<string, unknown>> = {}): void {
    const own = {
      // Nobody listens on port 1, and nobody without rights can.
      listen: { host: '127.0.0.1', port: 1 },
      store: `sqlite:${this.storeFile}`,
      secrets: ['front-end-secret-of-the-doctor-rig'],
      admin: { tokens: [{ name: 'rig', token: DOCTOR_TOKEN, scope: 'read' }] },
      poll: { timeout: `${DOCTOR_POLL_MS}ms` },
      metrics: { source: 'none' },
    };
    writeFileSync(this.configFile, JSON.stringify({ ...own, ...settings }));
  }

  /** A server that is stopped with the rig. */
  async sim(id: string, options: Partial<SimServerOptions> = {}): Promise<SimServer> {
    const sim = await startSimServer({ id, secret: `server-secret-of-${id}`, ...options });
    this.#open.push(sim);
    return sim;
  }

  /** Stops with the rig, before what was opened earlier. */
  keep<Thing extends { stop(): Promise<unknown> }>(thing: Thing): Thing {
    this.#open.push(thing);
    return thing;
  }

  /** Puts servers into the store, as an apply does; without any the store is made and empty. */
  async store(...servers: readonly (SimServer | ServerDefinition)[]): Promise<void> {
    const store = await openStore(`sqlite:${this.storeFile}`, { logger: silentLogger });
    for (const server of servers) {
      await store.servers.saveServer('faults' in server ? definitionOf(server) : server);
    }
    await store.close();
  }

  /** Looks at everything with the configuration written last. */
  look(options: Partial<DoctorOptions> = {}): Promise<DoctorReport> {
    return runDoctor({ file: this.configFile, env: {}, cwd: this.folder, ...options });
  }

  async stop(): Promise<void> {
    for (const thing of this.#open.splice(0).reverse()) await thing.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The server as the pool keeps it. */
export function definitionOf(
  { id, url, secret }: Pick<SimServer, 'id' | 'url' | 'secret'>,
  changes: Partial<ServerDefinition> = {},
): ServerDefinition {
  return { ...serverDefinition(id), url, secret, ...changes };
}

/** Each fault as "server or part: message → advice". */
export function faultLines(report: DoctorReport): readonly string[] {
  return linesOf(report, 'fault');
}

/** The same for notes. */
export function noteLines(report: DoctorReport): readonly string[] {
  return linesOf(report, 'note');
}

function linesOf({ findings }: DoctorReport, wanted: 'fault' | 'note'): readonly string[] {
  return findings
    .filter(({ severity }) => severity === wanted)
    .map(({ about, serverId, message, advice }) => `${serverId ?? about}: ${message} → ${advice}`);
}
