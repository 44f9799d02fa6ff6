import { setMaxListeners } from 'node:events';
import { Agent, request } from 'undici';
import { checksumOf } from '../checksum.js';
import type { PlannedAttendee } from '../session-plan.js';

/** Who joins, as the front end knows them. */
export type Joiner = Pick<PlannedAttendee, 'fullName' | 'role' | 'hasJoinedVoice' | 'hasVideo'>;

/** Somebody's place in a meeting: where the browser ended up. */
export interface Seat {
  /** `http://host:port` of the server that has them. */
  readonly origin: string;
  readonly sessionToken: string;
}

/** The answer to a create or end, as far as a front end looks at it. */
export interface CallResult {
  readonly isSuccess: boolean;
  /** BBB's message, or what went wrong on the way. */
  readonly message: string;
}

const TIMEOUT_MS = 15_000;
const MAX_HOPS = 3;

/** A front end and the browsers of its users: what Moodle or Greenlight send, over real sockets. */
export class FrontEnd {
  readonly #url: string;
  readonly #secret: string;
  // Time limits of its own: a signal made for each request from a long-lived one would never be let go.
  readonly #agent = new Agent({
    connections: 64,
    connectTimeout: TIMEOUT_MS,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  });
  readonly #stopping = new AbortController();

  /** `url` is the API root without a slash at its end. */
  constructor(url: string, secret: string) {
    this.#url = url;
    this.#secret = secret;
    // Each request under way listens.
    setMaxListeners(0, this.#stopping.signal);
  }

  /** The signed URL of a call. */
  sign(call: string, parameters: Readonly<Record<string, string>> = {}): string {
    const query = new URLSearchParams(parameters).toString();
    const checksum = checksumOf('sha256', call, query, this.#secret);
    return `${this.#url}/${call}?${query}${query === '' ? '' : '&'}checksum=${checksum}`;
  }

  /** create: with the size hint that some front ends give, and further parameters. */
  create(
    room: string,
    sizeHint: number | undefined,
    more: Readonly<Record<string, string>> = {},
  ): Promise<CallResult> {
    const hint = sizeHint === undefined ? undefined : { 'meta_bbb-meeting-size-hint': String(sizeHint) };
    return this.#call('create', { meetingID: room, name: `Room ${room}`, ...hint, ...more });
  }

  /** getRecordings of one recording; `undefined` when the answer does not hold exactly this one. */
  async recording(recordId: string): Promise<{ readonly name: string; readonly url: string } | undefined> {
    const { text } = await this.#get(this.sign('getRecordings', { recordID: recordId }));
    const found = [...text.matchAll(/<recordID>([^<]*)<\/recordID>/g)].map(([, id]) => id);
    if (found.length !== 1 || found[0] !== recordId) return undefined;
    const first = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(text)?.[1] ?? '';
    return { name: first('name'), url: first('url') };
  }

  /** end. */
  end(room: string): Promise<CallResult> {
    return this.#call('end', { meetingID: room });
  }

  /** Follows the join through the redirect to the server, as a browser does. Throws when no seat is got. */
  async join(room: string, attendee: Joiner): Promise<Seat> {
    const url = this.sign('join', {
      meetingID: room,
      fullName: attendee.fullName,
      role: attendee.role,
      'userdata-sim_voice': String(attendee.hasJoinedVoice),
      'userdata-sim_video': String(attendee.hasVideo),
    });
    // The balancer sends the browser to a server, which sends it to the client; errors end elsewhere.
    let at = await this.#locationOf(url);
    for (
      let hop = 0;
      hop < MAX_HOPS && at.pathname.endsWith('/join') && !at.searchParams.has('sessionToken');
      hop++
    ) {
      at = await this.#locationOf(at);
    }
    const sessionToken = at.searchParams.get('sessionToken');
    if (sessionToken === null) {
      throw new Error(`no session: ${at.searchParams.get('errors') ?? at.pathname}`);
    }
    return { origin: at.origin, sessionToken };
  }

  /** The browser leaves, straight at its server. */
  async leave(seat: Seat): Promise<void> {
    await this.#get(`${seat.origin}/bigbluebutton/api/signOut?sessionToken=${seat.sessionToken}`);
  }

  /** Breaks off what is under way. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#agent.destroy();
  }

  async #call(call: string, parameters: Readonly<Record<string, string>>): Promise<CallResult> {
    try {
      const { statusCode, text } = await this.#get(this.sign(call, parameters));
      const message = /<message>([^<]*)<\/message>/.exec(text)?.[1] ?? '';
      const isSuccess = statusCode === 200 && text.includes('<returncode>SUCCESS</returncode>');
      return { isSuccess, message: isSuccess || message !== '' ? message : `HTTP ${statusCode}` };
    } catch (error) {
      return { isSuccess: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  async #locationOf(url: string | URL): Promise<URL> {
    const { statusCode, location, text } = await this.#get(url);
    if (statusCode !== 302 || location === undefined)
      throw new Error(`HTTP ${statusCode} ${text.slice(0, 200)}`);
    return new URL(location);
  }

  async #get(url: string | URL): Promise<{ statusCode: number; location: string | undefined; text: string }> {
    const { signal } = this.#stopping;
    const { statusCode, headers, body } = await request(url, { dispatcher: this.#agent, signal });
    const { location } = headers;
    return {
      statusCode,
      location: typeof location === 'string' ? location : undefined,
      text: await body.text(),
    };
  }
}
