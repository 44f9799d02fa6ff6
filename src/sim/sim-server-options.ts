import type { CallRules } from './http/answer-call.js';
import type { SimHostOptions } from './sim-host.js';

/** How a simulated server keeps and tells its recordings. */
export interface SimRecordingOptions {
  /**
   * Milliseconds from the end of a recorded meeting to its first published format, `processed` half way; each further
   * format takes half of it more. 0 (default): all published at once.
   */
  readonly recordingDelayMs?: number | undefined;
  /** Formats made of each meeting, in this order; default `presentation`. */
  readonly recordingFormats?: readonly string[] | undefined;
  /** How getRecordings orders its list; default: as they were made. */
  readonly recordingOrder?: 'made' | 'newest' | 'oldest' | undefined;
  /** Whether offset and limit are not known, as before 2.6: the list is always whole; default false. */
  readonly ignoresPaging?: boolean | undefined;
  /** Wait before the second attempt of a callback, doubled for each further one; default 1,000. */
  readonly callbackRetryMs?: number | undefined;
}

/** How a simulated server is. Only `id` and `secret` are needed. */
export interface SimServerOptions
  extends Partial<CallRules>, Partial<Omit<SimHostOptions, 'id' | 'load'>>, SimRecordingOptions {
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
  /** Whether it has bbb-webhooks; default true. */
  readonly hasWebhooks?: boolean | undefined;
}
