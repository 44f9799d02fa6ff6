import { bbbError } from '../bbb/messages.js';
import type { CallDefinition } from './call-definition.js';

/** What a POST body is, by its content type and, where old clients name it wrongly, by its first character. */
export type BodyKind = 'xml' | 'form' | 'multipart';

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';

/**
 * Sorts a body. BBB from 2.6.18 on demands a supported type for any body; older clients post XML as a form, which is
 * told by its first character. Throws BbbError unsupportedContentType for what the call does not take.
 */
export function bodyKind(definition: CallDefinition, contentType: string, head: Buffer): BodyKind {
  const kind = kindOf(contentType, head);
  if (kind === undefined || !isTaken(definition.body, kind)) throw bbbError('unsupportedContentType');
  return kind;
}

/** Whether a content type is the one under which a body's fields count as parameters. */
export function isFormType(contentType: string): boolean {
  return mediaType(contentType) === FORM;
}

/** Whether a content type is that of an upload. */
export function isMultipartType(contentType: string): boolean {
  return mediaType(contentType) === MULTIPART;
}

function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

function kindOf(contentType: string, head: Buffer): BodyKind | undefined {
  const type = mediaType(contentType);
  if (type === 'application/xml' || type === 'text/xml') return 'xml';
  if (type === MULTIPART) return 'multipart';
  if (type !== FORM) return undefined;
  return /^(?:\xef\xbb\xbf)?\s*</.test(head.toString('latin1')) ? 'xml' : 'form';
}

function isTaken(taken: CallDefinition['body'], kind: BodyKind): boolean {
  if (taken === 'xml-or-form') return kind !== 'multipart';
  return taken === kind;
}
