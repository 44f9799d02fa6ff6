import type { BbbAnswer } from '../bbb/bbb-answer.js';
import type { BbbRequest, RequestBody } from '../bbb/bbb-request.js';
import type { PolicyName } from '../policy-names.js';
import type { SizeHints } from './size-hints.js';

/** One create, checked and scoped, ready for any server. */
export interface CreateCommand {
  readonly tenant: {
    readonly id: string;
    /** Its own placement policy; absent: the configured one. */
    readonly policy?: PolicyName | undefined;
    readonly limits: { readonly meetings?: number | undefined; readonly attendees?: number | undefined };
  };
  readonly meetingId: string;
  readonly scopedId: string;
  /** Raw query with the scoped ID, without a checksum. */
  readonly query: string;
  readonly body: RequestBody | undefined;
  readonly contentType: string | undefined;
  /** BBB fetches documents before it answers: the long time limits apply. */
  readonly hasDocuments: boolean;
  /** What it says about its size. */
  readonly size: SizeHints;
  readonly requiredTags: readonly string[];
  readonly preferredTag: string | undefined;
}

/** The answer of the server that took the create, SUCCESS or FAILED. */
export interface CreateResult {
  readonly answer: BbbAnswer;
  readonly serverId: string;
}

/** Time limits of a create, and when another server is tried. */
export interface CreateLimits {
  /** For the whole create; at its end the front end gets FAILED. */
  readonly deadlineMs: number;
  /** After this without an answer another server is tried. */
  readonly firstTryMs: number;
  readonly documentsDeadlineMs: number;
  readonly documentsFirstTryMs: number;
  /** messageKeys of a FAILED answer that mean "this server can't": another is tried. */
  readonly retryableKeys: readonly string[];
}

/** The request that carries a create to whichever server. */
export function createRequest(command: CreateCommand, timeoutMs: number): BbbRequest {
  const request = { call: 'create', query: command.query, timeoutMs };
  if (command.body === undefined) return request;
  return {
    ...request,
    method: 'POST',
    body: command.body,
    contentType: command.contentType ?? 'application/xml',
  };
}
