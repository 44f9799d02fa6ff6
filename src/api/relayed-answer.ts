import type { BbbAnswer } from '../bbb/bbb-answer.js';
import { restoreMeetingIds } from '../tenants/restore-meeting-ids.js';
import type { Tenant } from '../tenants/tenant.js';
import type { CallAnswer } from './call-definition.js';

/** Puts the front end's own callback URLs back into a server's XML. */
export type RestoreUrls = (xml: Buffer, tenantId: string) => Buffer;

/** A server's answer on its way to the front end: its own bytes, but for the tenant's scope and, where given, callback URLs. */
export function relayedAnswer(answer: BbbAnswer, tenant: Tenant, restoreUrls?: RestoreUrls): CallAnswer {
  const whole = restoreUrls === undefined ? answer.body : restoreUrls(answer.body, tenant.id);
  const body = restoreMeetingIds(whole, tenant.id);
  if (answer.returnCode !== 'FAILED') return { body };
  return { body, outcome: 'failed', messageKey: answer.messageKey };
}
