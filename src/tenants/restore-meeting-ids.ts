import { scopePrefix } from './meeting-scope.js';
import { DEFAULT_TENANT } from './tenant.js';

// The elements in which BBB writes an external meeting ID: its own answers, and the metadata of recordings.
const ID_ELEMENTS = 'meetingID|meetingId|externMeetingID|externalMeetingId';

/**
 * Takes the tenant's scope off every external meeting ID in a server's XML answer, also in CDATA and in the message
 * that names the ID. The default tenant's answers are returned as they are, the same bytes.
 */
export function restoreMeetingIds(body: Buffer, tenantId: string): Buffer {
  if (tenantId === DEFAULT_TENANT || !body.includes(scopePrefix(tenantId))) return body;
  // Latin-1 keeps every byte as one character, so that UTF-8 passes through unchanged.
  return Buffer.from(body.toString('latin1').replace(scopePattern(tenantId), '$1'), 'latin1');
}

function scopePattern(tenantId: string): RegExp {
  const prefix = scopePrefix(tenantId).replace(/[.]/g, '\\.');
  return new RegExp(`(<(?:${ID_ELEMENTS})>\\s*(?:<!\\[CDATA\\[)?|Meeting with id \\[)${prefix}`, 'g');
}
