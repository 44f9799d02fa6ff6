import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeCallTable } from './calls/call-table.js';
import { htmlAnswer, type SimAnswer, type SimContext } from './calls/sim-call.js';
import { versionAnswer } from './calls/version.js';
import { Parameters } from './parameters.js';
import { answerCall, type CallRules } from './http/answer-call.js';
import { CallLog } from './http/call-log.js';
import { answerControl, type ControlTarget } from './http/control.js';
import { EndedCallbacks } from './http/ended-callbacks.js';
import { FaultBoard } from './http/faults.js';
import { readBody, type ReceivedBody } from './http/read-body.js';
import { writeAnswer, writeFaulty } from './http/write-answer.js';
import { createRandom, type Random, seedOf } from './random.js';
import { SimHost, type SimHostOptions } from './sim-host.js';
import { MeetingsState } from './state/meetings-state.js';
import { RecordingsState } from './state/recordings-state.js';

/** How a simulated server is. Only `id` and `secret` are needed. */
export interface SimServerOptions extends Partial<CallRules>, Partial<Omit<SimHostOptions, 'id' | 'load'>> {
  readonly id: string;
  readonly secret: string;
  /** 0 (default) takes a free one. */
  readonly port?: number | undefined;
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string | undefined;
  /** The name others reach it by, as in its URLs; default: where it listens. */
  readonly publicHost?: string | undefined;
  /** Milliseconds since 1970; default is the real clock. */
  readonly now?: (() => number) | undefined;
  readonly clockSkewMs?: number | undefined;
  /** How long an ended meeting stays listed; default 0. */
  readonly endLagMs?: number | undefined;
  /** Whether `end` wants the moderator's password, as versions before 3.0 do; default false. */
  readonly checksEndPassword?: boolean | undefined;
}

/** A simulated BigBlueButton server that listens on a real socket. */
export class SimServer {
  readonly id: string;
  readonly secret: string;
  readonly meetings: MeetingsState;
  readonly recordings = new RecordingsState();
  readonly calls = new CallLog();
  readonly faults = new FaultBoard();
  readonly host: SimHost;
  readonly #callbacks = new EndedCallbacks();
  readonly #table = makeCallTable();
  readonly #random: Random;
  readonly #options: SimServerOptions;
  readonly #rules: CallRules;
  readonly #server: Server;
  readonly #stopping = new AbortController();
  #skewMs: number;
  #port = 0;
  #heal: NodeJS.Timeout | undefined;

  /** Use startSimServer. */
  constructor(options: SimServerOptions) {
    this.#options = options;
    this.id = options.id;
    this.secret = options.secret;
    this.#skewMs = options.clockSkewMs ?? 0;
    this.#random = createRandom(options.seed ?? seedOf(options.id));
    this.#rules = {
      algorithms: options.algorithms ?? ['sha1', 'sha256', 'sha384', 'sha512'],
      contentTypes: options.contentTypes ?? 'literal',
    };
    this.meetings = new MeetingsState({
      now: () => this.now(),
      endLagMs: options.endLagMs ?? 0,
      onEnded: (meeting) => {
        this.recordings.recordEnded(meeting);
        this.#callbacks.meetingEnded(meeting);
      },
    });
    this.host = new SimHost({
      cores: 8,
      memoryGiB: 16,
      networkMbit: 1_000,
      ...options,
      load: () => this.meetings.load(),
    });
    this.#server = createServer({ maxHeaderSize: 128 * 1024, keepAliveTimeout: 60_000 }, (request, reply) => {
      this.#serve(request, reply).catch((error: unknown) => {
        // The client broke off, or the server is stopping: nobody is left to answer.
        if (!reply.headersSent && !reply.destroyed)
          writeAnswer(request, reply, htmlAnswer(500, String(error)));
      });
    });
  }

  /** `http://host:port`. */
  get origin(): string {
    const { publicHost, host = '127.0.0.1' } = this.#options;
    return `http://${publicHost ?? host}:${this.#port}`;
  }

  /** The API root, without a slash at its end. */
  get url(): string {
    return `${this.origin}/bigbluebutton/api`;
  }

  /** False while it refuses connections. */
  get isListening(): boolean {
    return this.#server.listening;
  }

  /** Callbacks made at the end of meetings. */
  get callbacks(): EndedCallbacks['sent'] {
    return this.#callbacks.sent;
  }

  /** The server's clock, skew included. */
  now(): number {
    return (this.#options.now ?? Date.now)() + this.#skewMs;
  }

  /** Puts the server's clock ahead (or behind, when negative). */
  setClockSkew(skewMs: number): void {
    this.#skewMs = skewMs;
  }

  /** Opens the listener: at start, and again after `refuse`, on the same port. */
  async accept(): Promise<void> {
    clearTimeout(this.#heal);
    if (this.#server.listening) return;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port || (this.#options.port ?? 0), this.#options.host ?? '127.0.0.1', () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Closes the listener and breaks every connection; what is in memory stays. */
  async refuse(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  /** Ends everything and waits for it. */
  async stop(): Promise<void> {
    clearTimeout(this.#heal);
    this.#stopping.abort();
    await Promise.all([this.refuse(), this.#callbacks.stop()]);
  }

  async #serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    const question = target.indexOf('?');
    // nginx in front of bbb-web merges slashes.
    const path = (question < 0 ? target : target.slice(0, question)).replace(/\/{2,}/g, '/');
    const query = question < 0 ? '' : target.slice(question + 1);
    reply.sendDate = false;
    reply.setHeader('Date', new Date(this.now()).toUTCString());
    if (path.startsWith('/sim/')) {
      writeAnswer(request, reply, await answerControl(path, request, this.#control));
      return;
    }
    const name = /^\/bigbluebutton(?:\/api)?\/?$/.test(path)
      ? 'version'
      : /^\/bigbluebutton\/api\/(.+?)\/?$/.exec(path)?.[1];
    if (name === undefined) {
      const isClient = path.startsWith('/html5client/');
      writeAnswer(
        request,
        reply,
        isClient ? htmlAnswer(200, 'BigBlueButton') : htmlAnswer(404, '404 Not Found'),
      );
      return;
    }
    const carryOut = async (): Promise<SimAnswer> =>
      this.#answer(name, query, request, await readBody(request));
    const fault = this.faults.take(name);
    if (fault) await writeFaulty(request, reply, fault, carryOut, this.#stopping.signal);
    else writeAnswer(request, reply, await carryOut());
  }

  #answer(name: string, query: string, request: IncomingMessage, body: ReceivedBody): SimAnswer {
    const method = request.method ?? 'GET';
    const parameters = Parameters.parse(query, body.form);
    this.calls.add({
      call: name,
      method,
      query,
      meetingId: parameters.get('meetingID'),
      contentType: body.contentType,
      bodyBytes: body.bytes,
      bodySha256: body.sha256,
      at: this.now(),
    });
    if (name === 'version') return versionAnswer(body.contentType);
    return answerCall(
      this.#table.get(name),
      { name, method, query, parameters, body },
      this.#context(),
      this.#rules,
    );
  }

  get #control(): ControlTarget {
    return {
      faults: this.faults,
      calls: this.calls,
      context: this.#context(),
      setClockSkew: (skewMs) => {
        this.setClockSkew(skewMs);
      },
      refuseFor: (forMs) => {
        // After this request has been answered.
        setImmediate(() => void this.refuse());
        clearTimeout(this.#heal);
        this.#heal = setTimeout(() => {
          this.accept().catch((error: unknown) => {
            console.error(`simulated server ${this.id} cannot listen again: ${String(error)}`);
          });
        }, forMs);
      },
    };
  }

  #context(): SimContext {
    return {
      meetings: this.meetings,
      recordings: this.recordings,
      secret: this.secret,
      origin: this.origin,
      random: this.#random,
      checksEndPassword: this.#options.checksEndPassword ?? false,
    };
  }
}

/** Starts a simulated server; it listens when this resolves. */
export async function startSimServer(options: SimServerOptions): Promise<SimServer> {
  const server = new SimServer(options);
  await server.accept();
  return server;
}
