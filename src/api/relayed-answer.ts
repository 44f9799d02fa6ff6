import type { BbbAnswer } from '../bbb/bbb-answer.js';
import { restoreMeetingIds } from '../tenants/restore-meeting-ids.js';
import type { Tenant } from '../tenants/tenant.js';
import type { CallAnswer } from './call-definition.js';

/** A server's answer on its way to the front end: its own bytes, but for the tenant's scope. */
export function relayedAnswer(answer: BbbAnswer, tenant: Tenant): CallAnswer {
  const body = restoreMeetingIds(answer.body, tenant.id);
  if (answer.returnCode !== 'FAILED') return { body };
  return { body, outcome: 'failed', messageKey: answer.messageKey };
}
