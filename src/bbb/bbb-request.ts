import type { ChecksumAlgorithm } from './checksum.js';
import type { AnswerForm } from './read-answer.js';

/** A body that can be sent again on another server: held bytes, or a spooled file. */
export type RequestBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly path: string; readonly length: number };

/** A body that is passed on while it arrives: it can be sent once. A fault of `chunks` is thrown as it is. */
export interface StreamedBody {
  readonly kind: 'stream';
  readonly chunks: AsyncIterable<Buffer>;
  /** `undefined`: not known beforehand. */
  readonly length: number | undefined;
}

/** One call to a server, still unsigned. */
export interface BbbRequest {
  /** The call's name as in the path: `create`, `getMeetings`, … */
  readonly call: string;
  /** The query as `RawQuery.toString()` gives it, without checksum. */
  readonly query: string;
  /** SHA-256 unless given; bbb-webhooks before 3.0 knows only SHA-1. */
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly method?: 'GET' | 'POST';
  readonly body?: RequestBody | StreamedBody;
  /** Sent as given, for bodies only. Give it without parameters: BBB 2.6.18 and 2.7.8 compare it literally. */
  readonly contentType?: string;
  /** For the whole call: connecting, headers and body. Of a streamed body: since something last moved. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** A 302 with a Location is an answer as well (join). */
  readonly expectRedirect?: boolean;
  /** Which form the call answers in; `xml` unless given. */
  readonly answerForm?: AnswerForm;
}
