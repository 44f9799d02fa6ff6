import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { startSimServer, type SimServer, type SimServerOptions } from '../../src/sim/sim-server.js';
import { until, type RigTenant } from '../support/app-rig.js';
import { BallastProcess, type ProcessEnd } from '../support/ballast-process.js';
import { leaksIn } from './leaks.js';
import { RunningBallast, type Access } from './running-ballast.js';

/** What a command of one go printed and how it ended. */
export interface CommandResult extends ProcessEnd {
  readonly stdout: string;
  readonly stderr: string;
}

export interface ServeOptions {
  /** Settings as the configuration file has them; they win over the rig's own, group by group. */
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** What the cluster file says of a server besides its URL and secret, by its ID. */
  readonly servers?: Readonly<Record<string, object>> | undefined;
  readonly tenants?: readonly RigTenant[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** `/ready` must be there by then, whatever is wrong outside. */
const READY_WITHIN_MS = 30_000;

/**
 * Simulated servers here, balancers in processes of their own, one folder for their files. At its stop it looks for
 * every secret, checksum and password it gave out in all that the processes printed.
 */
export class SystemRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'ballast-system-'));
  readonly sims: SimServer[] = [];
  readonly #processes: BallastProcess[] = [];
  readonly #secrets = new Set<string>();
  readonly #keptOutOfLogs = new Set<string>();
  readonly #answers: string[] = [];
  readonly #isFromSource: boolean;
  #access: Omit<Access, 'url' | 'adminUrl'> | undefined;

  /** `isFromSource`: balancers run from the sources, where nothing has built them before. */
  constructor({ isFromSource = false }: { readonly isFromSource?: boolean } = {}) {
    this.#isFromSource = isFromSource;
  }

  /** Starts simulated servers bbb1, bbb2, … */
  async addSims(count: number, options: Partial<SimServerOptions> = {}): Promise<readonly SimServer[]> {
    const first = this.sims.length + 1;
    const sims = await Promise.all(
      Array.from({ length: count }, (_, at) =>
        startSimServer({ id: `bbb${first + at}`, secret: this.secret('server'), ...options }),
      ),
    );
    this.sims.push(...sims);
    return sims;
  }

  sim(id: string | undefined): SimServer {
    const found = this.sims.find((sim) => sim.id === id);
    if (found === undefined) throw new Error(`there is no simulated server ${String(id)}`);
    return found;
  }

  /** A fresh secret, that must occur in no log and no answer. */
  secret(purpose: string): string {
    const secret = `${purpose}-${randomBytes(12).toString('hex')}`;
    this.#secrets.add(secret);
    return secret;
  }

  /** Notes what a log may not hold, though an answer may: a checksum, a password of a meeting. */
  keepOutOfLogs(text: string): void {
    this.#keptOutOfLogs.add(text);
  }

  /** Notes what was answered. */
  answered(text: string): void {
    this.#answers.push(text);
  }

  /** Writes a file into the folder and returns its path. */
  write(name: string, content: string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** The secrets all balancers of this rig share. */
  get access(): Omit<Access, 'url' | 'adminUrl'> {
    const password = (name: string): string => {
      const text = `${name}-${randomBytes(6).toString('hex')}`;
      this.keepOutOfLogs(text);
      return text;
    };
    this.#access ??= {
      secret: this.secret('tenant'),
      tokens: { read: this.secret('read'), operate: this.secret('operate'), admin: this.secret('admin') },
      ingestToken: this.secret('ingest'),
      passwords: { attendee: password('viewers'), moderator: password('moderators') },
    };
    return this.#access;
  }

  /** The configuration of a balancer that notices everything within a second or two. */
  settings(): Readonly<Record<string, unknown>> {
    const { secret, tokens, ingestToken } = this.access;
    return {
      listen: { host: '127.0.0.1', port: 0 },
      store: 'sqlite:./ballast.db',
      secrets: [secret],
      admin: { tokens: Object.entries(tokens).map(([scope, token]) => ({ name: scope, token, scope })) },
      poll: { interval: '1s', timeout: '2s', offlineAfter: 2, onlineAfter: 1 },
      create: { deadline: '8s', firstTry: '2s' },
      metrics: { source: 'ingest', refresh: '1s', ingest: { tokens: [ingestToken] } },
      checksum: { failuresPerMinute: 100_000 },
      log: { level: 'debug' },
    };
  }

  /** Writes ballast.yaml and cluster.yaml (as JSON, which YAML is). */
  writeFiles({ settings = {}, servers = {}, tenants = [] }: ServeOptions = {}): void {
    this.write('ballast.yaml', JSON.stringify({ ...this.settings(), ...settings }));
    const documents = [
      ...this.sims.map(({ id, url, secret }) => ({ kind: 'Server', id, url, secret, ...servers[id] })),
      ...tenants.map((tenant) => ({ kind: 'Tenant', ...tenant })),
    ];
    this.write('cluster.yaml', JSON.stringify(documents));
  }

  /** Starts a balancer in front of all simulated servers and waits until it is ready. */
  async serve(options: ServeOptions = {}): Promise<RunningBallast> {
    this.writeFiles(options);
    return this.serveFiles(options.env);
  }

  /** The same from the files as they lie in the folder. */
  async serveFiles(env: Readonly<Record<string, string>> = {}): Promise<RunningBallast> {
    const process = this.start(['serve', '--config', 'ballast.yaml', '--apply', 'cluster.yaml'], { env });
    const where = await process.listening();
    await until('the balancer is ready', () => isReady(where.url, process), READY_WITHIN_MS);
    return new RunningBallast(this, process, { ...where, ...this.access });
  }

  /** Starts `ballast …` in the folder and returns at once. */
  start(
    argv: readonly string[],
    options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
  ): BallastProcess {
    const process = new BallastProcess({
      argv,
      cwd: this.folder,
      isFromSource: this.#isFromSource,
      ...options,
    });
    this.#processes.push(process);
    return process;
  }

  /** Runs a command to its end. */
  async command(
    argv: readonly string[],
    options: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
  ): Promise<CommandResult> {
    const process = this.start(argv, options);
    const end = await process.ended;
    return { ...end, stdout: process.stdout, stderr: process.stderr };
  }

  /** Ends everything this rig started; throws when a secret was printed or answered. */
  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop('SIGKILL')));
    for (const sim of this.sims) {
      for (const { query } of sim.calls.requests()) {
        const checksum = /checksum=([0-9a-f]{40,})/.exec(query)?.[1];
        if (checksum !== undefined) this.keepOutOfLogs(checksum);
      }
    }
    await Promise.all(this.sims.map((sim) => sim.stop()));
    rmSync(this.folder, { recursive: true, force: true });
    const logs = this.#processes.map(({ argv, output }) => ({
      name: `ballast ${argv.join(' ')}`,
      text: output,
    }));
    const leaks = [
      ...leaksIn(logs, [...this.#secrets, ...this.#keptOutOfLogs]),
      ...leaksIn(
        this.#answers.map((text) => ({ name: 'an answer', text })),
        [...this.#secrets],
      ),
    ];
    if (leaks.length > 0) throw new Error(`secrets got out:\n${leaks.join('\n')}`);
  }
}

async function isReady(url: string, process: BallastProcess): Promise<boolean> {
  if (process.hasEnded) throw new Error(`the balancer has ended: ${process.output}`);
  const { statusCode, body } = await request(`${url}/ready`);
  await body.dump();
  return statusCode === 200;
}
