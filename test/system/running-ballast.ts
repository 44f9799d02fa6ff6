import { Agent, request } from 'undici';
import type { MeetingView, ServerView } from '../../src/admin/views.js';
import { checksumOf, type SimChecksumAlgorithm } from '../../src/sim/checksum.js';
import type { BallastProcess, ProcessEnd } from '../support/ballast-process.js';
import { queryOf, type CallParameters } from '../support/app-rig.js';
import { elementText } from '../support/sim-client.js';
import type { CommandResult, SystemRig } from './system-rig.js';

/** What one balancer was started with. */
export interface Access {
  readonly url: string;
  readonly adminUrl: string;
  readonly secret: string;
  readonly tokens: { readonly read: string; readonly operate: string; readonly admin: string };
  readonly ingestToken: string;
  readonly passwords: { readonly attendee: string; readonly moderator: string };
}

export interface FrontEndCall {
  readonly method?: 'GET' | 'POST' | 'DELETE' | 'PUT' | undefined;
  readonly body?: string | Buffer | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly algorithm?: SimChecksumAlgorithm | undefined;
  /** Default: the default tenant's. */
  readonly secret?: string | undefined;
  /** Before `/bigbluebutton`, as `/t/school`. */
  readonly root?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

/** An answer, read to its end; redirects are not followed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly returnCode: string | undefined;
  readonly messageKey: string | undefined;
  /** Text of the first element of that name. */
  element(name: string): string | undefined;
  readonly tookMs: number;
}

/** A started balancer, as front ends, operators and Telegraf reach it. */
export class RunningBallast {
  readonly process: BallastProcess;
  readonly access: Access;
  readonly #rig: SystemRig;
  readonly #agent = new Agent({ maxHeaderSize: 256 * 1024, pipelining: 1 });

  constructor(rig: SystemRig, process: BallastProcess, access: Access) {
    this.#rig = rig;
    this.process = process;
    this.access = access;
  }

  get url(): string {
    return this.access.url;
  }

  /** Signs and sends one call, as a front end does. */
  async call(name: string, parameters: CallParameters = '', options: FrontEndCall = {}): Promise<Answer> {
    const { algorithm = 'sha256', secret = this.access.secret, root = '' } = options;
    const query = typeof parameters === 'string' ? parameters : queryOf(parameters);
    const checksum = checksumOf(algorithm, name, query, secret);
    this.#rig.keepOutOfLogs(checksum);
    const target = `${root}/bigbluebutton/api/${name}?${query}${query === '' ? '' : '&'}checksum=${checksum}`;
    return this.send(this.url + target, options);
  }

  /** A create that may fail; the passwords are the rig's. */
  async tryCreate(
    meetingId: string,
    parameters: Readonly<Record<string, string | number>> = {},
    options: FrontEndCall = {},
  ): Promise<Answer> {
    const { attendee, moderator } = this.access.passwords;
    const passwords = { attendeePW: attendee, moderatorPW: moderator };
    return this.call('create', { name: 'Room', meetingID: meetingId, ...passwords, ...parameters }, options);
  }

  /** A create that must succeed. */
  async create(
    meetingId: string,
    parameters: Readonly<Record<string, string | number>> = {},
    options: FrontEndCall = {},
  ): Promise<Answer> {
    const answer = await this.tryCreate(meetingId, parameters, options);
    if (answer.returnCode !== 'SUCCESS') throw new Error(`create of ${meetingId}: ${answer.text}`);
    return answer;
  }

  /** Sends a request as it stands. */
  async send(url: string, options: FrontEndCall = {}): Promise<Answer> {
    const { body, timeoutMs = 20_000 } = options;
    const startedAt = Date.now();
    const {
      statusCode,
      headers,
      body: stream,
    } = await request(url, {
      method: options.method ?? (body === undefined ? 'GET' : 'POST'),
      headers: options.headers ?? {},
      body: body ?? null,
      dispatcher: this.#agent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await stream.text();
    this.#rig.answered(`${JSON.stringify(headers)}\n${text}`);
    for (const [, checksum] of JSON.stringify(headers).matchAll(/checksum=([0-9a-f]{40,})/g)) {
      if (checksum !== undefined) this.#rig.keepOutOfLogs(checksum);
    }
    return {
      status: statusCode,
      headers,
      text,
      returnCode: elementText(text, 'returncode'),
      messageKey: elementText(text, 'messageKey'),
      element: (name) => elementText(text, name),
      tookMs: Date.now() - startedAt,
    };
  }

  /** One admin request, as it is answered. */
  async adminRequest(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { token = this.access.tokens.admin, body }: { token?: string; body?: unknown } = {},
  ): Promise<Answer> {
    return this.send(`${this.access.adminUrl}/admin/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  }

  async servers(): Promise<readonly ServerView[]> {
    return ((await this.#view('servers')) as { servers: readonly ServerView[] }).servers;
  }

  async server(id: string): Promise<ServerView> {
    return (await this.#view(`servers/${id}`)) as ServerView;
  }

  async meetings(): Promise<readonly MeetingView[]> {
    return ((await this.#view('meetings')) as { meetings: readonly MeetingView[] }).meetings;
  }

  /** The server a meeting is on, by Ballast's own account. */
  async serverOf(meetingId: string): Promise<string | undefined> {
    return (await this.meetings()).find((meeting) => meeting.meetingId === meetingId)?.serverId;
  }

  /** `/metrics`, as Prometheus scrapes it. */
  async metrics(): Promise<string> {
    const answer = await this.send(`${this.access.adminUrl}/metrics`);
    if (answer.status !== 200) throw new Error(`/metrics: ${answer.status} ${answer.text}`);
    return answer.text;
  }

  /** Writes line protocol, as Telegraf does. */
  async write(
    lines: string | Buffer,
    { query = 'org=o&bucket=b', token = this.access.ingestToken, headers = {} } = {},
  ): Promise<Answer> {
    return this.send(`${this.access.adminUrl}/api/v2/write?${query}`, {
      method: 'POST',
      headers: { authorization: `Token ${token}`, 'content-type': 'text/plain; charset=utf-8', ...headers },
      body: lines,
    });
  }

  /** `ballast …` in another process, pointed at this one by the environment. */
  async cli(...argv: readonly string[]): Promise<CommandResult> {
    return this.#rig.command(argv, {
      env: { BALLAST_URL: this.access.adminUrl, BALLAST_TOKEN: this.access.tokens.admin },
    });
  }

  /** A command that must exit with 0; gives what it printed. */
  async run(...argv: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.cli(...argv);
    if (code !== 0) throw new Error(`ballast ${argv.join(' ')} exits with ${code}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Ends it, by SIGTERM unless told otherwise. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProcessEnd> {
    await this.#agent.close();
    return this.process.stop(signal);
  }

  async #view(path: string): Promise<unknown> {
    const { status, text } = await this.adminRequest('GET', path);
    if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
    return JSON.parse(text);
  }
}
