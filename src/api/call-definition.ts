import type { IncomingMessage } from 'node:http';
import type { RawQuery } from '../bbb/raw-query.js';
import type { Tenant } from '../tenants/tenant.js';
import type { ReceivedBody } from './receive-body.js';

/** One call of a front end: checksum verified, form body merged into the query, the tenant's parameter rules applied. */
export interface BbbCall {
  readonly name: string;
  readonly tenant: Tenant;
  /** In the order they came, without the checksum; meeting IDs still as the front end writes them. */
  readonly query: RawQuery;
  /** An XML or multipart body; form bodies are in `query`. */
  readonly body: ReceivedBody | undefined;
  readonly request: IncomingMessage;
}

/** success; failed: a server said FAILED; refused: Ballast did; error: a fault in Ballast. */
export type CallOutcome = 'success' | 'failed' | 'refused' | 'error';

/** What goes back. Text is sent as UTF-8. */
export interface CallAnswer {
  readonly status?: number;
  /** A list too long to be held at once comes piece by piece. */
  readonly body: Buffer | string | AsyncIterable<Buffer>;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** For the metrics; success unless given. */
  readonly outcome?: CallOutcome;
  /** Of a FAILED answer. */
  readonly messageKey?: string | undefined;
  /** Made of an older poll, since a server did not answer in time. */
  readonly isStale?: boolean;
}

/** Everything that is particular about one BBB call. */
export interface CallDefinition {
  readonly name: string;
  /** HEAD only where asking changes nothing. */
  readonly methods: readonly ('GET' | 'POST' | 'HEAD')[];
  /** Which bodies a POST may carry; forms are taken by every call that takes POST. */
  readonly body: 'form' | 'xml-or-form' | 'xml' | 'multipart';
  /** A multipart body is not received first: the handler passes it on from the request. */
  readonly streamsMultipart?: boolean;
  /** How a refusal looks: BBB's recording calls word the checksum error differently, text tracks answer in JSON (see refusalAnswer). */
  readonly refusal: 'xml' | 'recording-xml' | 'json';
  /** What is said where the checksum is missing; `checksumError` unless given. */
  readonly missingChecksum?: string;
  /** Answered to anybody, signed or not. */
  readonly isUnsigned?: boolean;
  handle(call: BbbCall): Promise<CallAnswer> | CallAnswer;
}
