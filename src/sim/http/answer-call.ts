import {
  failed,
  type Failure,
  htmlAnswer,
  type SimAnswer,
  type SimCall,
  type SimContext,
} from '../calls/sim-call.js';
import { isChecksumRight, type SimChecksumAlgorithm, withoutChecksum } from '../checksum.js';
import type { Parameters } from '../parameters.js';
import { mediaType, type ReceivedBody } from './read-body.js';

/** One request as it came, path already taken apart. */
export interface IncomingCall {
  readonly name: string;
  readonly method: string;
  /** Raw bytes of the query as latin1, without `?`. */
  readonly query: string;
  /** Of query and form body. */
  readonly parameters: Parameters;
  readonly body: ReceivedBody;
}

/** What decides about signatures and content types. */
export interface CallRules {
  readonly algorithms: readonly SimChecksumAlgorithm[];
  /**
   * literal: 2.6.18 and 2.7.8 know no parameters behind the media type · media-type: later versions ·
   * none: earlier ones.
   */
  readonly contentTypes: 'literal' | 'media-type' | 'none';
}

const XML_TYPES = ['application/xml', 'text/xml'];
const FORM_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data'];

/** Checks and carries out one call in bbb-web's order: method, checksum, content type, then the call itself. */
export function answerCall(
  call: SimCall | undefined,
  incoming: IncomingCall,
  context: SimContext,
  rules: CallRules,
): SimAnswer {
  const isMapped = call?.methods.some((method) => method === incoming.method);
  if (!call || !isMapped) return htmlAnswer(404, 'Page Not Found');
  const request = { parameters: incoming.parameters, body: incoming.body };
  const refuse = (failure: Failure): SimAnswer => call.refuse?.(failure, request, context) ?? failed(failure);
  const unsigned = call.checksum === 'none' ? undefined : checksumFailure(call, incoming, context, rules);
  if (unsigned) return refuse(unsigned);
  if (!isTypeSupported(call, incoming.body, rules)) {
    return refuse({
      key: 'unsupportedContentType',
      text: 'POST request Content-Type is missing or unsupported',
    });
  }
  return call.handle(request, context);
}

function checksumFailure(
  call: SimCall,
  incoming: IncomingCall,
  context: SimContext,
  rules: CallRules,
): Failure | undefined {
  const { parameters } = incoming;
  const isRecordingCall = call.checksum === 'recording';
  const wrong = {
    key: 'checksumError',
    text: isRecordingCall ? 'You did not pass the checksum security check' : 'Checksums do not match',
  };
  const value = parameters.text('checksum');
  if (parameters.count('checksum') > 1) return wrong;
  if (value === '') return call.missingChecksum ?? wrong;
  const missing = call.missing?.(parameters);
  if (missing) return missing;
  const isRight = (query: string): boolean =>
    isChecksumRight(value, incoming.name, query, context.secret, rules.algorithms);
  if (isRight(withoutChecksum(incoming.query, value))) return undefined;
  // Parameters that all came in a form body are signed in canonical order by the versions that defined this form.
  const isBodyOnly = incoming.query === '' && incoming.body.form !== '' && !isRecordingCall;
  return isBodyOnly && isRight(parameters.canonical()) ? undefined : wrong;
}

function isTypeSupported(call: SimCall, body: ReceivedBody, rules: CallRules): boolean {
  if (!body.hasLength || rules.contentTypes === 'none') return true;
  const accepted = [
    ...(call.bodies === 'form' ? [] : XML_TYPES),
    ...(call.bodies === 'xml' ? [] : FORM_TYPES),
  ];
  const media = mediaType(body.contentType);
  // A multipart type never comes without its boundary.
  if (rules.contentTypes === 'media-type' || media === 'multipart/form-data') return accepted.includes(media);
  return accepted.includes(body.contentType ?? '');
}
