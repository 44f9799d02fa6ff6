import type { HookEvents } from '../http/hook-events.js';
import type { ReceivedBody } from '../http/read-body.js';
import type { Parameters } from '../parameters.js';
import type { Random } from '../random.js';
import type { MeetingsState } from '../state/meetings-state.js';
import type { RecordingsState } from '../state/recordings-state.js';
import { message, response } from '../xml.js';

/** What a call can see of its server. */
export interface SimContext {
  readonly meetings: MeetingsState;
  readonly recordings: RecordingsState;
  readonly hooks: HookEvents;
  readonly secret: string;
  /** `http://host:port`, without a slash at its end. */
  readonly origin: string;
  readonly random: Random;
  /** Versions before 3.0 want the moderator's password at `end`. */
  readonly checksEndPassword: boolean;
  /** Versions before 2.6 know no pages of recordings. */
  readonly ignoresPaging: boolean;
}

/** One request of a call, checksum already settled. */
export interface SimRequest {
  readonly parameters: Parameters;
  readonly body: ReceivedBody;
}

/** What goes back. */
export interface SimAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
  /** Set for errors that bbb-web also writes as JSON, to clients that prefer it. */
  readonly failure?: Failure;
}

/** A refusal with BBB's own key and text. */
export interface Failure {
  readonly key: string;
  readonly text: string;
}

/** One BBB call. The checksum rule `recording` looks for required parameters before it compares. */
export interface SimCall {
  readonly methods: readonly ('GET' | 'POST')[];
  readonly checksum: 'meeting' | 'recording' | 'none';
  /** Bodies it takes: XML only, forms only, or both. */
  readonly bodies: 'xml' | 'form' | 'any';
  /** The error for an absent checksum, where it is not the usual one. */
  readonly missingChecksum?: Failure;
  /** Required parameters of recording calls, looked at between missing and wrong checksum. */
  readonly missing?: (parameters: Parameters) => Failure | undefined;
  /** How a failed checksum or body check is answered; XML unless the call says otherwise. */
  readonly refuse?: (failure: Failure, request: SimRequest, context: SimContext) => SimAnswer;
  readonly handle: (request: SimRequest, context: SimContext) => SimAnswer;
}

const NO_CACHE = { 'Cache-Control': 'no-cache' };

/** A SUCCESS answer in XML; the elements come as written by `line`. */
export function success(content: string): SimAnswer {
  return xmlAnswer(response('SUCCESS', content));
}

/** A FAILED answer in XML, with HTTP 200 as all of BBB's. */
export function failed({ key, text }: Failure): SimAnswer {
  return {
    ...xmlAnswer(response('FAILED', message(key, text))),
    headers: { ...XML_HEADERS, ...NO_CACHE },
    failure: { key, text },
  };
}

/** XML with HTTP 200. */
export function xmlAnswer(body: string | Buffer): SimAnswer {
  return { status: 200, headers: XML_HEADERS, body };
}

/** JSON with HTTP 200, wrapped in `response` as BBB's are. */
export function jsonAnswer(content: Readonly<Record<string, unknown>>): SimAnswer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json;charset=utf-8', ...NO_CACHE },
    body: JSON.stringify({ response: content }),
  };
}

/** A page as Grails or nginx serves it when something is wrong. */
export function htmlAnswer(status: number, title: string): SimAnswer {
  return {
    status,
    headers: { 'Content-Type': 'text/html;charset=utf-8' },
    body: `<!DOCTYPE html>\n<html><head><title>${title}</title></head>\n<body><h1>${title}</h1></body></html>\n`,
  };
}

const XML_HEADERS = { 'Content-Type': 'text/xml;charset=utf-8' };
