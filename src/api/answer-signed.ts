import type { IncomingMessage } from 'node:http';
import { stripChecksum, verifyChecksum, type ChecksumAlgorithm } from '../bbb/checksum.js';
import { verifyFormChecksum } from '../bbb/form-checksum.js';
import { bbbError } from '../bbb/messages.js';
import { RawQuery } from '../bbb/raw-query.js';
import { applyParameterRules } from '../tenants/apply-parameter-rules.js';
import type { Tenant } from '../tenants/tenant.js';
import { bodyKind, isFormType, isMultipartType } from './body-kind.js';
import type { BbbCall, CallAnswer, CallDefinition } from './call-definition.js';
import type { ClientAddresses } from './client-address.js';
import type { FailedChecksums } from './failed-checksums.js';
import { receiveBody, type BodyLimits, type ReceivedBody } from './receive-body.js';
import type { RequestTarget } from './request-target.js';

/** What decides which calls count as signed, and what they may bring. */
export interface SignedCallDeps {
  readonly addresses: Pick<ClientAddresses, 'addressOf'>;
  readonly failedChecksums: Pick<FailedChecksums, 'count'>;
  readonly algorithms: readonly ChecksumAlgorithm[];
  readonly allowUnsignedForms: boolean;
  readonly body: BodyLimits;
}

/** What anybody may make us hold before a checksum was seen: twice the longest query, which such a form becomes. */
const MAX_FORM_BYTES = 131_072;

/** A request whose call and tenant were found; nothing of it is believed yet. */
export interface ArrivedCall {
  readonly definition: CallDefinition;
  readonly target: RequestTarget;
  readonly tenant: Tenant;
  readonly request: IncomingMessage;
}

/**
 * Verifies the checksum over the bytes as they came, receives the body and hands over to the call's handler. Throws
 * BbbError `checksumError` or `tooManyFailedChecksums`, what the body's checks throw, and ClientGone.
 */
export async function answerSigned(deps: SignedCallDeps, arrived: ArrivedCall): Promise<CallAnswer> {
  const { definition, target, tenant, request } = arrived;
  const { name } = definition;
  if (definition.isUnsigned === true)
    return definition.handle({ name, tenant, query: RawQuery.parse(''), body: undefined, request });
  if (request.method !== 'POST') {
    if (!isSigned(deps, arrived)) await refuseChecksum(deps, arrived, target.query);
    return definition.handle(callOf(arrived, target.query, undefined));
  }
  const contentType = request.headers['content-type'] ?? '';
  // The checksum first: nobody fills our disk without a secret. Only a form may carry it in the body, and with
  // parameters in the query BBB takes it from there alone.
  const isInBody = !target.query.includes('hecksum=');
  const mayBeSigned = isInBody ? target.query === '' && isFormType(contentType) : isSigned(deps, arrived);
  if (!mayBeSigned) await refuseChecksum(deps, arrived, target.query);
  if (!isInBody && definition.streamsMultipart === true && isMultipartType(contentType))
    return definition.handle(callOf(arrived, target.query, undefined));
  const limits = isInBody ? { ...deps.body, maxBytes: MAX_FORM_BYTES } : deps.body;
  const body = await receiveBody(request, limits);
  try {
    return await answerPost(deps, arrived, body, isInBody);
  } finally {
    await body?.discard();
  }
}

async function answerPost(
  deps: SignedCallDeps,
  arrived: ArrivedCall,
  body: ReceivedBody | undefined,
  isInBody: boolean,
): Promise<CallAnswer> {
  const { definition, target } = arrived;
  if (body === undefined) {
    if (isInBody) await refuseChecksum(deps, arrived, target.query);
    return definition.handle(callOf(arrived, target.query, undefined));
  }
  const kind = isInBody ? 'form' : bodyKind(definition, body.contentType, body.head);
  if (kind !== 'form') return definition.handle(callOf(arrived, target.query, body));
  if (body.content.kind === 'file') throw bbbError('requestTooLarge');
  const form = body.content.bytes.toString('latin1');
  if (isInBody) {
    if (!isSignedForm(deps, arrived, form)) await refuseChecksum(deps, arrived, form);
    bodyKind(definition, body.contentType, body.head);
  }
  const merged = [stripChecksum(target.query), stripChecksum(form)].filter((part) => part !== '').join('&');
  // However it is spelled: beside ours a server would refuse both, which looks as if it had lost its secret.
  const query = RawQuery.parse(merged).without('checksum').toString();
  return definition.handle(callOf(arrived, query, undefined));
}

function callOf(
  { definition: { name }, tenant, request }: ArrivedCall,
  rawQuery: string,
  body: ReceivedBody | undefined,
): BbbCall {
  const query = applyParameterRules(RawQuery.parse(stripChecksum(rawQuery)), tenant.parameters[name]);
  return { name, tenant, query, body, request };
}

/** Not async itself: nearly every call is valid, and a promise more is felt on the way of a join. */
function isSigned({ algorithms }: SignedCallDeps, { definition, target, tenant }: ArrivedCall): boolean {
  const { secrets } = tenant;
  return verifyChecksum({ call: definition.name, query: target.query, secrets, algorithms }) === 'valid';
}

function isSignedForm(deps: SignedCallDeps, { definition, tenant }: ArrivedCall, form: string): boolean {
  const { algorithms, allowUnsignedForms: allowUnsigned } = deps;
  const { secrets } = tenant;
  return (
    verifyFormChecksum({ call: definition.name, body: form, secrets, algorithms, allowUnsigned }) === 'valid'
  );
}

/**
 * Only wrong checksums are counted and only they are slowed down: a valid call is never refused by the limit. `signed` is
 * where the checksum should have been.
 */
async function refuseChecksum(
  { addresses, failedChecksums, algorithms }: SignedCallDeps,
  { request, definition: { name, missingChecksum } }: ArrivedCall,
  signed: string,
): Promise<never> {
  const isWithin = await failedChecksums.count(addresses.addressOf(request));
  if (!isWithin) throw bbbError('tooManyFailedChecksums');
  const isMissing = verifyChecksum({ call: name, query: signed, secrets: [], algorithms }) === 'missing';
  throw isMissing && missingChecksum !== undefined
    ? bbbError('paramError', missingChecksum)
    : bbbError('checksumError');
}
