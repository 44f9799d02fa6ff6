import type { AnswerForm } from './read-answer.js';

/** A body that can be sent again on another server: held bytes, or a spooled file. */
export type RequestBody =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'file'; readonly path: string; readonly length: number };

/** One call to a server, still unsigned. */
export interface BbbRequest {
  /** The call's name as in the path: `create`, `getMeetings`, … */
  readonly call: string;
  /** The query as `RawQuery.toString()` gives it, without checksum. */
  readonly query: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: RequestBody;
  /** Sent as given, for bodies only. Give it without parameters: BBB 2.6.18 and 2.7.8 compare it literally. */
  readonly contentType?: string;
  /** For the whole call: connecting, headers and body. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** A 302 with a Location is an answer as well (join). */
  readonly expectRedirect?: boolean;
  /** Which form the call answers in; `xml` unless given. */
  readonly answerForm?: AnswerForm;
}
