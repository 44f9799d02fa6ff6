import type { IncomingMessage, ServerResponse } from 'node:http';
import { AfterMeeting } from './after-meeting.js';
import { makeCallTable } from './calls/call-table.js';
import { htmlAnswer, type SimAnswer, type SimContext } from './calls/sim-call.js';
import { versionAnswer } from './calls/version.js';
import { Parameters } from './parameters.js';
import { answerCall, type CallRules } from './http/answer-call.js';
import { CallLog } from './http/call-log.js';
import type { SentCallback } from './http/outgoing-callbacks.js';
import { answerControl, type ControlTarget } from './http/control.js';
import { FaultBoard } from './http/faults.js';
import { HookEvents } from './http/hook-events.js';
import { Listener } from './http/listener.js';
import { meetingEnded, publishEnded, tellingOf } from './http/meeting-events.js';
import { readBody, type ReceivedBody } from './http/read-body.js';
import { simTarget } from './http/sim-target.js';
import { writeAnswer, writeFaulty } from './http/write-answer.js';
import { createRandom, type Random, seedOf } from './random.js';
import { SimHost } from './sim-host.js';
import type { SimServerOptions } from './sim-server-options.js';
import { MeetingsState } from './state/meetings-state.js';
import { RecordingsState, type SimRecording } from './state/recordings-state.js';

export type { SimServerOptions } from './sim-server-options.js';

/** A simulated BigBlueButton server that listens on a real socket. */
export class SimServer implements ControlTarget {
  readonly id: string;
  readonly secret: string;
  readonly meetings: MeetingsState;
  readonly recordings: RecordingsState;
  readonly calls = new CallLog();
  readonly faults = new FaultBoard();
  readonly host: SimHost;
  readonly #after: AfterMeeting;
  /** bbb-webhooks. */
  readonly hooks: HookEvents;
  readonly #table: ReturnType<typeof makeCallTable>;
  readonly #random: Random;
  readonly #options: SimServerOptions;
  readonly #rules: CallRules;
  readonly #listener: Listener;
  readonly #stopping = new AbortController();
  #skewMs: number;

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
    this.#table = makeCallTable(
      options.hasWebhooks === undefined ? {} : { hasWebhooks: options.hasWebhooks },
    );
    const now = (): number => this.now();
    const isUp = (): boolean => this.isListening;
    const hooks = new HookEvents({
      secret: options.secret,
      domain: options.publicHost ?? options.host ?? '127.0.0.1',
      retryMs: options.callbackRetryMs ?? 1_000,
      ...{ isUp, now },
    });
    this.hooks = hooks;
    this.meetings = new MeetingsState({
      now,
      endLagMs: options.endLagMs ?? 0,
      ...tellingOf(hooks),
      onEnded: (meeting) => {
        hooks.emit(meetingEnded(meeting));
        this.#after.meetingEnded(meeting);
      },
    });
    this.recordings = new RecordingsState(options.recordingOrder);
    const { recordings } = this;
    this.#after = new AfterMeeting({
      ...options,
      ...{ recordings, isUp },
      onPublished: (recording, format) => {
        hooks.emit(publishEnded(recording, format));
      },
    });
    this.host = new SimHost({
      cores: 8,
      memoryGiB: 16,
      networkMbit: 1_000,
      ...options,
      load: () => this.meetings.load(),
    });
    this.#listener = new Listener({
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
      handle: (request, reply) => {
        this.#serve(request, reply).catch((error: unknown) => {
          // The client broke off, or the server is stopping: nobody is left to answer.
          if (!reply.headersSent && !reply.destroyed)
            writeAnswer(request, reply, htmlAnswer(500, String(error)));
        });
      },
      onLost: (error) => {
        console.error(`simulated server ${this.id} cannot listen again: ${String(error)}`);
      },
    });
  }

  /** `http://host:port`. */
  get origin(): string {
    const { publicHost, host = '127.0.0.1' } = this.#options;
    return `http://${publicHost ?? host}:${this.#listener.port}`;
  }

  /** The API root, without a slash at its end. */
  get url(): string {
    return `${this.origin}/bigbluebutton/api`;
  }

  /** False while it refuses connections. */
  get isListening(): boolean {
    return this.#listener.isListening;
  }

  /** Attempts of callbacks: of meetings that ended, of recordings, of analytics. */
  get callbacks(): readonly SentCallback[] {
    return this.#after.sent;
  }

  /** What calls are answered from. */
  get context(): SimContext {
    return {
      meetings: this.meetings,
      recordings: this.recordings,
      hooks: this.hooks,
      secret: this.secret,
      origin: this.origin,
      random: this.#random,
      checksEndPassword: this.#options.checksEndPassword ?? false,
      ignoresPaging: this.#options.ignoresPaging ?? false,
    };
  }

  /** Calls whoever the recording's metadata say is to be told that a format is there. */
  announce(recording: SimRecording): void {
    this.#after.announce(recording);
  }

  /** As a restart of the host: its meetings and webhooks are lost and the callbacks under way; recordings go on. */
  restart(): void {
    this.meetings.forgetAll();
    this.hooks.lose();
    this.#after.crash();
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
  accept(): Promise<void> {
    return this.#listener.accept();
  }

  /** Closes the listener and breaks every connection; what is in memory stays, but for callbacks under way. */
  async refuse(): Promise<void> {
    if (!this.isListening) return;
    this.#after.crash();
    await this.#listener.refuse();
  }

  /** Refuses connections for so long, from when the request under way has been answered. */
  refuseFor(ms: number): void {
    setImmediate(() => void this.refuse());
    this.#listener.acceptIn(ms);
  }

  /** Ends everything and waits for it. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.refuse(), this.#listener.stop(), this.#after.stop(), this.hooks.stop()]);
  }

  async #serve(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const target = simTarget(request.url ?? '/');
    reply.sendDate = false;
    reply.setHeader('Date', new Date(this.now()).toUTCString());
    if (target.kind === 'control') {
      writeAnswer(request, reply, await answerControl(target.path, request, this));
      return;
    }
    if (target.kind !== 'call') {
      const isPage = target.kind === 'page';
      writeAnswer(
        request,
        reply,
        isPage ? htmlAnswer(200, 'BigBlueButton') : htmlAnswer(404, '404 Not Found'),
      );
      return;
    }
    const { name, query } = target;
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
      this.context,
      this.#rules,
    );
  }
}

/** Starts a simulated server; it listens when this resolves. */
export async function startSimServer(options: SimServerOptions): Promise<SimServer> {
  const server = new SimServer(options);
  await server.accept();
  return server;
}
