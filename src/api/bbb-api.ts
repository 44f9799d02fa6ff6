import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BbbError } from '../bbb/error.js';
import { bbbError } from '../bbb/messages.js';
import type { Logger } from '../log.js';
import type { TenantDirectory } from '../tenants/tenant-directory.js';
import type { Tenant } from '../tenants/tenant.js';
import { answerSigned, type SignedCallDeps } from './answer-signed.js';
import type { CallAnswer, CallDefinition } from './call-definition.js';
import type { ApiCallEvent } from './call-event.js';
import type { ClientAddresses } from './client-address.js';
import { ClientGone } from './receive-body.js';
import { parseRequestTarget, type RequestTarget } from './request-target.js';
import { refusalAnswer, writeAnswer } from './write-answer.js';

export interface BbbApiOptions extends SignedCallDeps {
  readonly calls: ReadonlyMap<string, CallDefinition>;
  readonly tenants: TenantDirectory;
  readonly addresses: ClientAddresses;
  readonly logger: Logger;
  /** Told of each finished call. */
  readonly onCall?: ((event: ApiCallEvent) => void) | undefined;
}

/** What the version document, which has no call name, is counted as. */
export const VERSION_CALL = 'version';

/** What a call is counted under whose client went away before it could be answered. */
export const CLIENT_GONE = 'clientGone';

/** One request under way. */
interface Arrival {
  readonly target: RequestTarget;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
}

/**
 * The BBB API on plain node:http (Express would cost half of its throughput): finds call and tenant, has the
 * signed call answered and writes what comes of it. Every refusal is BBB-shaped; nothing a client or a server does ends
 * in a 5xx.
 */
export class BbbApi {
  readonly #options: BbbApiOptions;
  #inFlight = 0;

  constructor(options: BbbApiOptions) {
    this.#options = options;
  }

  /** Calls that have arrived and are not answered yet. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Takes the request if its path is the BBB API's; false: it is somebody else's. */
  handle(request: IncomingMessage, response: ServerResponse, requestId: string): boolean {
    const target = parseRequestTarget(request.url ?? '');
    if (target === undefined) return false;
    this.#serve({ target, request, response, requestId }).catch((error: unknown) => {
      // Left alone, it would end the process, and with it every other call.
      this.#options.logger.error('call could not be counted', { call: target.call, requestId, error });
    });
    return true;
  }

  async #serve(arrival: Arrival): Promise<void> {
    const { target, request } = arrival;
    const startedAt = performance.now();
    const definition = this.#options.calls.get(target.call);
    const refusal = definition?.refusal ?? 'xml';
    let tenant: Tenant | undefined;
    // Unset until there is one: an error made beforehand, for its stack, would halve the joins a second.
    let answer: CallAnswer | undefined;
    this.#inFlight += 1;
    try {
      try {
        if (definition === undefined || !isMethodOf(definition, request.method))
          throw bbbError('unsupportedRequest');
        tenant = this.#tenantOf(target, request);
        answer = await answerSigned(this.#options, { definition, target, tenant, request });
      } catch (error) {
        answer = this.#refusal(error, refusal, arrival);
      }
      answer = this.#write(answer, refusal, arrival);
      if (isStreamed(answer)) answer = await this.#stream(answer, arrival);
      // What is left of a body that was refused is read away, so that the client gets to see the answer.
      if (!request.complete) request.resume();
    } finally {
      this.#inFlight -= 1;
      this.#options.onCall?.({
        call: definition === undefined ? 'other' : definition.name || VERSION_CALL,
        outcome: answer === undefined ? 'error' : (answer.outcome ?? 'success'),
        seconds: (performance.now() - startedAt) / 1000,
        tenantId: tenant?.id,
        messageKey: answer === undefined ? 'internalError' : answer.messageKey,
        isStale: answer?.isStale ?? false,
      });
    }
  }

  #refusal(error: unknown, refusal: CallDefinition['refusal'], arrival: Arrival): CallAnswer {
    const answer = refusalAnswer(this.#asBbbError(error, arrival), refusal, arrival.request);
    if (!(error instanceof ClientGone)) return answer;
    // No fault of ours, and nobody reads it.
    return { ...answer, outcome: 'refused', messageKey: CLIENT_GONE };
  }

  /** Sends the answer, or says so where it cannot be sent (a server's header that HTTP does not allow). */
  #write(answer: CallAnswer, refusal: CallDefinition['refusal'], arrival: Arrival): CallAnswer {
    const { response, requestId } = arrival;
    if (response.destroyed) return answer;
    try {
      writeAnswer(response, answer, requestId);
      return answer;
    } catch (error) {
      const instead = refusalAnswer(this.#asBbbError(error, arrival), refusal);
      if (!response.headersSent) writeAnswer(response, instead, requestId);
      return instead;
    }
  }

  /** Sends what comes piece by piece. Cut where it cannot be gone on with: the client then knows that it is not whole. */
  async #stream(answer: StreamedAnswer, { target, response, requestId }: Arrival): Promise<CallAnswer> {
    try {
      await pipeline(Readable.from(answer.body), response);
      return answer;
    } catch (error) {
      // The client may have left, which is not our fault; then the response is what failed.
      const isGone = response.socket?.destroyed !== false && response.errored === null;
      const fields = { call: target.call, requestId, error };
      if (isGone) this.#options.logger.debug('the client went away', fields);
      else this.#options.logger.error('an answer broke off', fields);
      return {
        ...answer,
        outcome: isGone ? 'refused' : 'error',
        messageKey: isGone ? CLIENT_GONE : 'internalError',
      };
    }
  }

  #tenantOf(target: RequestTarget, request: IncomingMessage): Tenant {
    const { tenants, addresses } = this.#options;
    if (target.tenantId === undefined)
      return tenants.isSingle ? tenants.default : tenants.forHost(addresses.hostOf(request));
    const tenant = tenants.get(target.tenantId);
    if (tenant === undefined) throw bbbError('unknownTenant');
    return tenant;
  }

  #asBbbError(error: unknown, { target, requestId }: Arrival): BbbError {
    const { logger } = this.#options;
    if (error instanceof BbbError) {
      const { messageKey, cause } = error;
      const fields = { call: target.call, messageKey, requestId, cause };
      if (messageKey === 'noServerAvailable' || messageKey === 'serverUnavailable')
        logger.warn('call refused', fields);
      else logger.debug('call refused', fields);
      return error;
    }
    if (error instanceof ClientGone) logger.debug('the client went away', { call: target.call, requestId });
    else logger.error('call failed', { call: target.call, requestId, error });
    return bbbError('internalError', `Something went wrong on our side (request ${requestId}).`);
  }
}

type StreamedAnswer = CallAnswer & { readonly body: AsyncIterable<Buffer> };

function isStreamed(answer: CallAnswer): answer is StreamedAnswer {
  return typeof answer.body !== 'string' && !Buffer.isBuffer(answer.body);
}

function isMethodOf(definition: CallDefinition, method: string | undefined): boolean {
  return definition.methods.some((allowed) => allowed === method);
}
