/** What a callback tells of; the label `kind` of the metrics. */
export const CALLBACK_KINDS = ['end', 'recording-ready', 'analytics', 'hook'] as const;

/** One of CALLBACK_KINDS. */
export type CallbackKind = (typeof CALLBACK_KINDS)[number];

/**
 * What became of a callback or of one attempt; the label `outcome` of the metrics. delivered: answered 2xx · retried: an
 * attempt failed, it comes again · rejected: answered 401, 404 or 410 · expired: failed for a day, an event for ten minutes · blocked: its target's
 * address is not allowed · dropped: by the operator, with its tenant, or as a hook's queue was full · forged: came in
 * unproven · replayed: the same key with other content · superseded: the end of a copy of a meeting that lives on.
 */
export const CALLBACK_OUTCOMES = [
  'delivered',
  'retried',
  'rejected',
  'expired',
  'blocked',
  'dropped',
  'forged',
  'replayed',
  'superseded',
] as const;

/** One of CALLBACK_OUTCOMES. */
export type CallbackOutcome = (typeof CALLBACK_OUTCOMES)[number];

/** Each kind with each outcome that it can have: only ends are superseded. */
export const CALLBACK_COUNTS: readonly { readonly kind: CallbackKind; readonly outcome: CallbackOutcome }[] =
  CALLBACK_KINDS.flatMap((kind) =>
    CALLBACK_OUTCOMES.filter((outcome) => outcome !== 'superseded' || kind === 'end').map((outcome) => ({
      kind,
      outcome,
    })),
  );

/** What is sent, yet to be signed: secrets are those of the time of delivery. */
export type CallbackContent =
  | { readonly form: 'get' }
  /** POST of a form `signed_parameters`: these claims as a JWT, HS256 with the tenant's first secret. */
  | { readonly form: 'recording-ready'; readonly claims: Readonly<Record<string, unknown>> }
  /** POST of this JSON as it is, with a bearer token, HS512. */
  | { readonly form: 'analytics'; readonly body: string }
  /** POST of a form `event`, `timestamp` (ms since 1970), `domain`, with BBB's checksum in the query. */
  | { readonly form: 'hook'; readonly event: string; readonly timestamp: number };

/** A callback as it is put in the outbox. */
export interface NewCallback {
  readonly kind: CallbackKind;
  /** Unique within its kind, and remembered for seven days after its end. */
  readonly key: string;
  readonly tenantId: string;
  /** As the front end writes it. */
  readonly meetingId: string | undefined;
  /** The whole URL, of an end with its parameters already. */
  readonly target: string;
  /** Callbacks of one lane are delivered in the order in which they were added, one at a time. */
  readonly lane?: string;
  readonly content: CallbackContent;
  /** ms since 1970. */
  readonly dueAt: number;
}

/** Where a callback stands. */
export type CallbackState = 'pending' | 'delivered' | 'failed';

/** A callback in the outbox, without what it says. Times are ms since 1970. */
export interface StoredCallback extends Omit<NewCallback, 'lane' | 'content'> {
  /** In order of being added. */
  readonly id: string;
  readonly lane: string | undefined;
  /** The queue it is delivered from: `queueName`. */
  readonly origin: string;
  readonly state: CallbackState;
  readonly attempts: number;
  readonly createdAt: number;
  /** A failed attempt after this is the last. */
  readonly expiresAt: number;
  readonly endedAt: number | undefined;
  /** Why the last attempt failed, in words without secrets. */
  readonly lastFailure: string | undefined;
  /** Of a failed one. */
  readonly outcome: string | undefined;
}

/** A callback as it is about to be sent. */
export interface OutgoingCallback extends StoredCallback {
  /** `undefined` where what is stored cannot be read. */
  readonly content: CallbackContent | undefined;
}

/** What became of a callback that was given: taken, known with the same content, or known with another content. */
export type Addition = 'added' | 'known' | 'conflict';

/** A row to be written. */
export interface CallbackRow extends NewCallback {
  readonly id: string;
  readonly origin: string;
  /** Of target and content: tells a repeat from a replay with other content. */
  readonly digest: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** When something is due at a target; ms since 1970. */
export interface DueTarget {
  readonly origin: string;
  readonly dueAt: number;
}

/** A pending callback that was changed, and the one behind it in its lane that may go now. */
export interface PendingChange {
  readonly callback: Pick<
    StoredCallback,
    'id' | 'kind' | 'tenantId' | 'target' | 'origin' | 'createdAt' | 'dueAt'
  >;
  readonly next: DueTarget | undefined;
}

/** The end of a callback. */
export interface CallbackEnd {
  readonly state: 'delivered' | 'failed';
  readonly outcome: CallbackOutcome;
  readonly lastFailure: string | undefined;
  readonly at: number;
}

/** Which callbacks to list. */
export interface CallbackFilter {
  readonly tenantId?: string | undefined;
  readonly state?: CallbackState | undefined;
  readonly limit: number;
}

/** Pending callbacks of one kind, tenant and target. */
export interface PendingCount {
  readonly kind: CallbackKind;
  readonly tenantId: string;
  readonly target: string;
  readonly count: number;
}

/**
 * Where callbacks are kept. Every change is durable when it resolves; those of pending ones resolve with undefined where the
 * callback is not pending (any more). Only the first pending one of a lane is ever due.
 */
export interface CallbackStore {
  /** All in one transaction. */
  addCallbacks(rows: readonly CallbackRow[]): Promise<readonly Addition[]>;
  /** Targets with something to deliver and when the first of it is due; read in portions. */
  dueTargets(): AsyncIterable<readonly DueTarget[]>;
  /** The next ones of a target, soonest first. */
  dueCallbacks(
    origin: string,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly dueAt: number }[]>;
  findCallback(id: string): Promise<OutgoingCallback | undefined>;
  /** By kind and key, whatever its state. */
  findByKey(kind: CallbackKind, key: string): Promise<StoredCallback | undefined>;
  /** IDs of pending ones of a kind whose key begins like this, the last of each lane first. */
  pendingLike(kind: CallbackKind, keyPrefix: string, limit: number): Promise<readonly string[]>;
  endCallback(id: string, end: CallbackEnd): Promise<PendingChange | undefined>;
  /** One more attempt has failed; it comes again at `dueAt`. */
  postponeCallback(id: string, dueAt: number, lastFailure: string): Promise<PendingChange | undefined>;
  /** Due at `at`, without an attempt. */
  dueCallback(id: string, at: number): Promise<PendingChange | undefined>;
  /** Forgets a pending one, its key as well. */
  forgetCallback(id: string): Promise<PendingChange | undefined>;
  /** Makes a failed one pending, due at `at`; resolves with undefined where it is not a failed one. */
  reviveCallback(id: string, at: number, expiresAt: number): Promise<PendingChange | undefined>;
  /** Newest first. */
  listCallbacks(filter: CallbackFilter): Promise<readonly StoredCallback[]>;
  countPending(): Promise<readonly PendingCount[]>;
  /** When the oldest pending one was added. */
  oldestPending(): Promise<number | undefined>;
  /** The greatest ID ever given among those that are kept; empty without any. */
  newestId(): Promise<string>;
  /** Lets a lane go on whose first one was not marked as such, which only two processes at once can bring about. */
  mendLanes(): Promise<void>;
  /** Deletes those of a kind that came to this end before `before`; returns how many. */
  pruneCallbacks(state: CallbackEnd['state'], kind: CallbackKind, before: number): Promise<number>;
}
