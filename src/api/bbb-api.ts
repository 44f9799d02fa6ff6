import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { verifyChecksum, stripChecksum, type ChecksumAlgorithm } from '../bbb/checksum.js';
import { BbbError } from '../bbb/error.js';
import { verifyFormChecksum } from '../bbb/form-checksum.js';
import { bbbError } from '../bbb/messages.js';
import { RawQuery } from '../bbb/raw-query.js';
import type { Logger } from '../log.js';
import { applyParameterRules } from '../tenants/apply-parameter-rules.js';
import type { TenantDirectory } from '../tenants/tenant-directory.js';
import type { Tenant } from '../tenants/tenant.js';
import { bodyKind, isFormType, isMultipartType } from './body-kind.js';
import type { BbbCall, CallAnswer, CallDefinition } from './call-definition.js';
import type { ApiCallEvent } from './call-event.js';
import type { ClientAddresses } from './client-address.js';
import type { FailedChecksums } from './failed-checksums.js';
import { ClientGone, receiveBody, type BodyLimits, type ReceivedBody } from './receive-body.js';
import { parseRequestTarget, type RequestTarget } from './request-target.js';
import { refusalAnswer, writeAnswer } from './write-answer.js';

export interface BbbApiOptions {
  readonly calls: ReadonlyMap<string, CallDefinition>;
  readonly tenants: TenantDirectory;
  readonly addresses: ClientAddresses;
  readonly failedChecksums: FailedChecksums;
  readonly algorithms: readonly ChecksumAlgorithm[];
  readonly allowUnsignedForms: boolean;
  readonly body: BodyLimits;
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

/** What anybody may make us hold before a checksum was seen: twice the longest query, which such a form becomes. */
const MAX_FORM_BYTES = 131_072;

/**
 * The BBB API on plain node:http (Express would cost half of its throughput): finds call and tenant, verifies the
 * checksum over the bytes as they came, hands over to the call's handler and writes what it gives. Every refusal is
 * BBB-shaped; nothing a client or a server does ends in a 5xx.
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
        answer = await this.#answer(definition, target, tenant, request);
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
    const answer = refusalAnswer(this.#asBbbError(error, arrival), refusal);
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

  async #answer(
    definition: CallDefinition,
    target: RequestTarget,
    tenant: Tenant,
    request: IncomingMessage,
  ): Promise<CallAnswer> {
    if (definition.isUnsigned === true) {
      return definition.handle({
        name: definition.name,
        tenant,
        query: RawQuery.parse(''),
        body: undefined,
        request,
      });
    }
    if (request.method !== 'POST') {
      if (!this.#isSigned(definition, target, tenant)) await this.#refuseChecksum(request);
      return definition.handle(this.#call(definition, target.query, tenant, undefined, request));
    }
    // The checksum first: nobody fills our disk without a secret. Only a form may carry it in the body, and with
    // parameters in the query BBB takes it from there alone.
    const isInBody = !target.query.includes('hecksum=');
    const mayBeSigned = isInBody
      ? target.query === '' && isFormType(request.headers['content-type'] ?? '')
      : this.#isSigned(definition, target, tenant);
    if (!mayBeSigned) await this.#refuseChecksum(request);
    if (
      !isInBody &&
      definition.streamsMultipart === true &&
      isMultipartType(request.headers['content-type'] ?? '')
    )
      return definition.handle(this.#call(definition, target.query, tenant, undefined, request));
    const limits = isInBody ? { ...this.#options.body, maxBytes: MAX_FORM_BYTES } : this.#options.body;
    const body = await receiveBody(request, limits);
    try {
      return await this.#answerPost(definition, target, request, tenant, body, isInBody);
    } finally {
      await body?.discard();
    }
  }

  async #answerPost(
    definition: CallDefinition,
    target: RequestTarget,
    request: IncomingMessage,
    tenant: Tenant,
    body: ReceivedBody | undefined,
    isInBody: boolean,
  ): Promise<CallAnswer> {
    if (body === undefined) {
      if (isInBody) await this.#refuseChecksum(request);
      return definition.handle(this.#call(definition, target.query, tenant, undefined, request));
    }
    const kind = isInBody ? 'form' : bodyKind(definition, body.contentType, body.head);
    if (kind !== 'form')
      return definition.handle(this.#call(definition, target.query, tenant, body, request));
    if (body.content.kind === 'file') throw bbbError('requestTooLarge');
    const form = body.content.bytes.toString('latin1');
    if (isInBody) {
      await this.#verifyForm(definition, request, tenant, form);
      bodyKind(definition, body.contentType, body.head);
    }
    const merged = [stripChecksum(target.query), stripChecksum(form)].filter((part) => part !== '').join('&');
    // However it is spelled: beside ours a server would refuse both, which looks as if it had lost its secret.
    const query = RawQuery.parse(merged).without('checksum').toString();
    return definition.handle(this.#call(definition, query, tenant, undefined, request));
  }

  #call(
    definition: CallDefinition,
    rawQuery: string,
    tenant: Tenant,
    body: ReceivedBody | undefined,
    request: IncomingMessage,
  ): BbbCall {
    const { name } = definition;
    const query = applyParameterRules(RawQuery.parse(stripChecksum(rawQuery)), tenant.parameters[name]);
    return { name, tenant, query, body, request };
  }

  #tenantOf(target: RequestTarget, request: IncomingMessage): Tenant {
    const { tenants, addresses } = this.#options;
    if (target.tenantId === undefined)
      return tenants.isSingle ? tenants.default : tenants.forHost(addresses.hostOf(request));
    const tenant = tenants.get(target.tenantId);
    if (tenant === undefined) throw bbbError('unknownTenant');
    return tenant;
  }

  /** Not async itself: nearly every call is valid, and a promise more is felt on the way of a join. */
  #isSigned({ name }: CallDefinition, { query }: RequestTarget, { secrets }: Tenant): boolean {
    return verifyChecksum({ call: name, query, secrets, algorithms: this.#options.algorithms }) === 'valid';
  }

  async #verifyForm(
    { name }: CallDefinition,
    request: IncomingMessage,
    { secrets }: Tenant,
    form: string,
  ): Promise<void> {
    const { algorithms, allowUnsignedForms } = this.#options;
    const check = { call: name, body: form, secrets, algorithms, allowUnsigned: allowUnsignedForms };
    if (verifyFormChecksum(check) !== 'valid') await this.#refuseChecksum(request);
  }

  /** Only wrong checksums are counted and only they are slowed down: a valid call is never refused by the limit. */
  async #refuseChecksum(request: IncomingMessage): Promise<never> {
    const address = this.#options.addresses.addressOf(request);
    const isWithin = await this.#options.failedChecksums.count(address);
    throw bbbError(isWithin ? 'checksumError' : 'tooManyFailedChecksums');
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
