import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { startApp, type App } from '../../src/app.js';
import type { PolicyName } from '../../src/policy-names.js';
import { checksumOf, type SimChecksumAlgorithm } from '../../src/sim/checksum.js';
import { startSimServer, type SimServer, type SimServerOptions } from '../../src/sim/sim-server.js';
import { ConfigRig } from './config-rig.js';
import { RecordingLogger } from './recording-logger.js';
import { elementText } from './sim-client.js';

/** A tenant as the cluster file has it. */
export interface RigTenant {
  readonly id: string;
  readonly secrets: readonly string[];
  readonly hosts?: readonly string[];
  readonly limits?: { readonly meetings?: number; readonly attendees?: number };
  readonly servers?: { readonly tags: readonly string[] };
  readonly policy?: PolicyName;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** What a simulated server is like, and its tags in the cluster file. */
export interface RigServer extends Partial<SimServerOptions> {
  readonly tags?: readonly string[];
}

export interface AppRigOptions {
  /** How many simulated servers (bbb1, bbb2, …), or what each is like. Default 2. */
  readonly servers?: number | readonly RigServer[];
  readonly tenants?: readonly RigTenant[];
  /** Settings as the configuration file has them; they win over the rig's own, group by group. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Parameters in their order, or the raw query. */
export type CallParameters = Readonly<Record<string, string | number | boolean>> | string;

export interface RigCall {
  /** Calls by `/t/<tenant>` with that tenant's first secret; the default tenant without it. */
  readonly tenant?: string | undefined;
  readonly method?: 'GET' | 'POST' | 'HEAD' | 'PUT' | 'DELETE';
  readonly body?: string | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly algorithm?: SimChecksumAlgorithm;
  readonly secret?: string;
  readonly timeoutMs?: number;
}

/** An answer, read to its end; redirects are not followed. */
export interface RigAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
  readonly returnCode: string | undefined;
  readonly messageKey: string | undefined;
  /** Text of the first element of that name. */
  element(name: string): string | undefined;
}

export const RIG_SECRET = 'front-end-secret';
export const RIG_ADMIN_TOKEN = 'rig-admin-token';

/** A whole Ballast in this process, on a free port with a store in memory, before simulated servers. */
export class AppRig {
  readonly app: App;
  readonly sims: readonly SimServer[];
  readonly logger: RecordingLogger;
  readonly #tenants: readonly RigTenant[];
  readonly #agent = new Agent({ maxHeaderSize: 256 * 1024, pipelining: 1 });

  private constructor(
    app: App,
    sims: readonly SimServer[],
    tenants: readonly RigTenant[],
    logger: RecordingLogger,
  ) {
    this.app = app;
    this.sims = sims;
    this.#tenants = tenants;
    this.logger = logger;
  }

  /** Starts everything and waits for the first polls. */
  static async start(options: AppRigOptions = {}): Promise<AppRig> {
    const { servers = 2, tenants = [], settings = {} } = options;
    const wanted: readonly RigServer[] =
      typeof servers === 'number' ? Array.from({ length: servers }, () => ({})) : servers;
    const sims = await Promise.all(
      wanted.map((server, at) =>
        startSimServer({ id: `bbb${at + 1}`, secret: `server-secret-${at + 1}`, ...server }),
      ),
    );
    const files = new ConfigRig();
    const logger = new RecordingLogger();
    try {
      const { config } = files.load(JSON.stringify({ ...rigSettings(), ...settings }));
      const documents = [
        ...sims.map(({ id, url, secret }, at) => ({
          kind: 'Server',
          id,
          url,
          secret,
          tags: wanted[at]?.tags ?? [],
        })),
        ...tenants.map((tenant) => ({ kind: 'Tenant', ...tenant })),
      ];
      const clusterFile = files.write('cluster.json', JSON.stringify(documents));
      const app = await startApp(config, { logger, ...(documents.length > 0 && { clusterFile }) });
      await app.firstPoll;
      return new AppRig(app, sims, tenants, logger);
    } catch (error) {
      await Promise.all(sims.map((sim) => sim.stop()));
      throw error;
    } finally {
      files.remove();
    }
  }

  /** Signs and sends one call, as a front end does. */
  async call(name: string, parameters: CallParameters = '', options: RigCall = {}): Promise<RigAnswer> {
    const { tenant, algorithm = 'sha256' } = options;
    const query = typeof parameters === 'string' ? parameters : queryOf(parameters);
    const secret = options.secret ?? this.secretOf(tenant);
    const checksum = checksumOf(algorithm, name, query, secret);
    const root = tenant === undefined ? '' : `/t/${tenant}`;
    const target = `${root}/bigbluebutton/api/${name}?${query}${query === '' ? '' : '&'}checksum=${checksum}`;
    return this.send(target, options);
  }

  /** Sends a request target as it stands. */
  async send(target: string, options: RigCall = {}): Promise<RigAnswer> {
    const { body, contentType, timeoutMs = 9_000 } = options;
    const answer = await request(this.app.url + target, {
      method: options.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: { ...(contentType !== undefined && { 'content-type': contentType }), ...options.headers },
      body: body ?? null,
      dispatcher: this.#agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    return rigAnswer(answer.statusCode, answer.headers, bytes);
  }

  /** One admin call with a JSON answer. */
  async admin(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const answer = await request(`${this.app.adminUrl}/admin/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${RIG_ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      dispatcher: this.#agent,
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw new Error(`admin ${method} ${path}: ${answer.statusCode} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** A create that must succeed; gives the server it went to. */
  async create(
    meetingId: string,
    parameters: Readonly<Record<string, string | number | boolean>> = {},
    options: RigCall = {},
  ): Promise<{ readonly answer: RigAnswer; readonly sim: SimServer }> {
    const answer = await this.call(
      'create',
      { name: 'Room', meetingID: meetingId, attendeePW: 'ap', moderatorPW: 'mp', ...parameters },
      options,
    );
    if (answer.returnCode !== 'SUCCESS') throw new Error(`create of ${meetingId} failed: ${answer.text}`);
    return { answer, sim: this.simOf(answer.element('internalMeetingID') ?? '') };
  }

  /** The server that holds a meeting of that internal ID. */
  simOf(internalMeetingId: string): SimServer {
    const found = this.sims.find((sim) => sim.meetings.findInternal(internalMeetingId) !== undefined);
    if (found === undefined) throw new Error(`no simulated server has ${internalMeetingId}`);
    return found;
  }

  /** The first secret of a tenant. */
  secretOf(tenant: string | undefined): string {
    if (tenant === undefined || tenant === 'default') return RIG_SECRET;
    return this.#tenants.find(({ id }) => id === tenant)?.secrets[0] ?? `no secret of ${tenant}`;
  }

  /** Ends Ballast first, so that nothing is logged about servers that leave. */
  async stop(): Promise<void> {
    await this.app.stop();
    await this.#agent.close();
    await Promise.all(this.sims.map((sim) => sim.stop()));
  }
}

/** Polls a condition until it holds; throws after the deadline. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 8_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A meeting ID no other test uses. */
export function newMeetingId(): string {
  return `room-${randomUUID()}`;
}

/** Form-encodes parameters as PHP front ends do. */
export function queryOf(parameters: Readonly<Record<string, string | number | boolean>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) query.append(name, String(value));
  return query.toString();
}

function rigAnswer(status: number, headers: RigAnswer['headers'], bytes: Buffer): RigAnswer {
  const text = bytes.toString('utf8');
  return {
    status,
    headers,
    bytes,
    text,
    returnCode: elementText(text, 'returncode'),
    messageKey: elementText(text, 'messageKey'),
    element: (name) => elementText(text, name),
  };
}

function rigSettings(): Readonly<Record<string, unknown>> {
  return {
    listen: { host: '127.0.0.1', port: 0 },
    store: 'sqlite::memory:',
    secrets: [RIG_SECRET],
    admin: { tokens: [{ name: 'rig', token: RIG_ADMIN_TOKEN, scope: 'admin' }] },
    poll: { interval: '1s', timeout: '1s', offlineAfter: 2, onlineAfter: 1 },
    create: { deadline: '3s', firstTry: '1s' },
    metrics: { source: 'none' },
    checksum: { failuresPerMinute: 1_000_000 },
    log: { level: 'debug' },
  };
}
