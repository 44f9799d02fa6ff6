import type { IncomingMessage } from 'node:http';
import type { Logger } from '../log.js';
import { analyticsCallback, parseAnalytics } from './analytics.js';
import { END_SLOTS, READY_SLOTS, type CallbackSlot, type EndSlot, type ReadySlot } from './callback-slots.js';
import type { CallbackKind, CallbackOutcome, NewCallback } from './callback.js';
import { scopedOf, type CallbackTarget } from './callback-target.js';
import type { CallbackTargets } from './callback-targets.js';
import type { CallbackTokens } from './callback-tokens.js';
import type { MeetingEnds } from './meeting-ends.js';
import type { AddOutcome } from './outbox.js';
import { parseOwnPath } from './own-urls.js';
import { readCallbackBody } from './read-callback-body.js';
import type { RecordingReady } from './recording-ready.js';
import { signedClaims, type SignedClaims, type Signer } from './signed-claims.js';

const MAX_READY_BYTES = 64 * 1024;
/** Some hundred people's polls and talking times are 1 MiB. */
const MAX_ANALYTICS_BYTES = 10 * 1024 * 1024;

export interface CallbackReceiverDeps {
  readonly tokens: CallbackTokens;
  readonly targets: CallbackTargets;
  readonly ends: Pick<MeetingEnds, 'arrived'>;
  readonly ready: Pick<RecordingReady, 'arrived'>;
  readonly outbox: { add(callback: NewCallback): Promise<AddOutcome> };
  /** Servers whose secrets may sign, the meeting's own first. */
  readonly signersOf: (scopedId: string) => readonly Signer[];
  /** Told of what is refused. */
  readonly onOutcome: (kind: CallbackKind, outcome: CallbackOutcome) => void;
  readonly now: () => number;
  readonly logger: Logger;
}

/** What is answered to a server. */
export interface ReceiverAnswer {
  readonly status: 200 | 400 | 401 | 404 | 405 | 409 | 413;
  readonly text: string;
}

const TAKEN: ReceiverAnswer = { status: 200, text: 'taken' };
const UNKNOWN: ReceiverAnswer = { status: 404, text: 'there is nothing here' };

/** Takes the callbacks of servers: proves each, puts it in the outbox, and only then says so. */
export class CallbackReceiver {
  readonly #deps: CallbackReceiverDeps;

  constructor(deps: CallbackReceiverDeps) {
    this.#deps = deps;
  }

  /** `path`: what stands behind `/callbacks/`. Rejects when the store fails: the server may try again. */
  async receive(request: IncomingMessage, path: string, query: string): Promise<ReceiverAnswer> {
    const { tokens, targets } = this.#deps;
    const own = parseOwnPath(path);
    if (own === undefined) return UNKNOWN;
    const id = tokens.idOf(own.token);
    const target = id === undefined ? undefined : await targets.find(id);
    if (target === undefined) return this.#refuse(own.slot, undefined, UNKNOWN, 'unknown token');
    if (isEndSlot(own.slot)) return await this.#receiveEnd(request, target, own.slot, query);
    if (request.method !== 'POST') return { status: 405, text: 'POST' };
    return isReadySlot(own.slot)
      ? await this.#receiveReady(request, target, own.slot)
      : await this.#receiveAnalytics(request, target);
  }

  async #receiveEnd(
    request: IncomingMessage,
    target: CallbackTarget,
    slot: EndSlot,
    query: string,
  ): Promise<ReceiverAnswer> {
    if (request.method !== 'GET' && request.method !== 'POST') return { status: 405, text: 'GET' };
    const parameters = new URLSearchParams(query);
    const meetingId = parameters.get('meetingID') ?? scopedOf(target);
    if (slot === 'end' && meetingId !== scopedOf(target)) {
      return this.#refuse(slot, target, UNKNOWN, 'another meeting');
    }
    const recordingMarks = slot === 'end' && parameters.get('recordingmarks') === 'true';
    return answerTo(await this.#deps.ends.arrived(target, slot, recordingMarks));
  }

  async #receiveReady(
    request: IncomingMessage,
    target: CallbackTarget,
    slot: ReadySlot,
  ): Promise<ReceiverAnswer> {
    const body = await readCallbackBody(request, MAX_READY_BYTES);
    if (!Buffer.isBuffer(body)) return unread(body);
    const jwt = new URLSearchParams(body.toString('utf8')).get('signed_parameters') ?? '';
    const signed = await this.#verify(jwt, target, false);
    if (signed === undefined) return this.#refuse(slot, target, unsigned(), 'not signed by a server');
    const outcome = await this.#deps.ready.arrived(target, slot, signed);
    if (outcome !== 'forged') return answerTo(outcome);
    return this.#refuse(slot, target, UNKNOWN, 'no recording of this meeting');
  }

  async #receiveAnalytics(request: IncomingMessage, target: CallbackTarget): Promise<ReceiverAnswer> {
    const { tokens, outbox, now } = this.#deps;
    const slot = 'analytics';
    const jwt = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    // Before the body is read: nobody fills our memory without a secret.
    const signed = await this.#verify(jwt, target, true);
    if (signed === undefined) return this.#refuse(slot, target, unsigned(), 'not signed by a server');
    const body = await readCallbackBody(request, MAX_ANALYTICS_BYTES);
    if (!Buffer.isBuffer(body)) return unread(body);
    const analytics = parseAnalytics(body, target);
    if (analytics === undefined) return this.#refuse(slot, target, UNKNOWN, 'no analytics of this meeting');
    const callback = analyticsCallback(target, analytics, { tokens, now: now() });
    return callback === undefined ? TAKEN : answerTo(await outbox.add(callback));
  }

  #verify(jwt: string, target: CallbackTarget, mustExpire: boolean): Promise<SignedClaims | undefined> {
    return signedClaims(jwt, this.#deps.signersOf(scopedOf(target)), { mustExpire });
  }

  #refuse(
    slot: CallbackSlot,
    target: CallbackTarget | undefined,
    answer: ReceiverAnswer,
    why: string,
  ): ReceiverAnswer {
    const kind: CallbackKind = isEndSlot(slot) ? 'end' : isReadySlot(slot) ? 'recording-ready' : 'analytics';
    this.#deps.onOutcome(kind, 'forged');
    const fields = { kind, why, tenantId: target?.tenantId, meetingId: target?.meetingId };
    // Anybody can guess; only who holds a token that is true is worth a look.
    if (target === undefined) this.#deps.logger.debug('refused a callback', fields);
    else this.#deps.logger.warn('refused a callback that no server can have sent', fields);
    return answer;
  }
}

function unsigned(): ReceiverAnswer {
  return { status: 401, text: 'not signed with the secret of a server' };
}

function unread(why: 'too-large' | 'broken'): ReceiverAnswer {
  return why === 'too-large' ? { status: 413, text: 'too large' } : { status: 400, text: 'cut off' };
}

function answerTo(outcome: AddOutcome): ReceiverAnswer {
  if (outcome === 'conflict') return { status: 409, text: 'said otherwise before' };
  return TAKEN;
}

function isEndSlot(slot: CallbackSlot): slot is EndSlot {
  return END_SLOTS.some((end) => end === slot);
}

function isReadySlot(slot: CallbackSlot): slot is ReadySlot {
  return slot in READY_SLOTS;
}
