import { once } from 'node:events';
import type { CallbackOutcome, OutgoingCallback } from './callback.js';
import { callbackRequest } from './callback-request.js';
import type { CallbackSender } from './send-callback.js';
import { BlockedTargetError } from './target-connector.js';
import { parseTarget } from './target-url.js';

/** Said by a front end that means it (bbb-api: 401 wrong secret, 410 deleted); everything else may heal. */
const FINAL: ReadonlySet<number> = new Set([401, 404, 410]);

/** What is done right before an attempt may take this long; it may ask servers. */
const BEFORE_DELIVERY_MS = 15_000;

/** How one attempt went. `isTargets`: the failure is the target's and not ours or a server's. */
export type Verdict =
  | { readonly is: 'delivered' }
  | { readonly is: 'superseded' }
  | { readonly is: 'final'; readonly outcome: CallbackOutcome; readonly failure: string }
  | { readonly is: 'failed'; readonly isTargets: boolean; readonly failure: string };

/** Called before each attempt: may take the callback back. A rejection counts as a failed attempt. */
export type BeforeDelivery = (
  callback: OutgoingCallback,
  signal: AbortSignal,
) => Promise<'deliver' | 'withdraw'>;

export interface DeliveryDeps {
  readonly sender: Pick<CallbackSender, 'send'>;
  /** The tenant's first secret; `undefined` where the tenant is gone. */
  readonly secretOf: (tenantId: string) => string | undefined;
  /** The host that hooks of this tenant name. */
  readonly domainOf: (tenantId: string) => string;
  readonly beforeDelivery: BeforeDelivery;
  readonly now: () => number;
}

/** One attempt at one callback; never rejects. `signal` cuts it short. */
export async function deliverCallback(
  callback: OutgoingCallback,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<Verdict> {
  const { target, tenantId, content } = callback;
  const url = parseTarget(target);
  if (url === undefined) return final('blocked', 'its target is no http address');
  if (content === undefined) return final('dropped', 'what is stored of it cannot be read');
  try {
    const decision = await inTime(deps.beforeDelivery, callback, signal);
    if (decision === 'withdraw') return { is: 'superseded' };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { is: 'failed', isTargets: false, failure: `was not ready to be sent: ${reason}` };
  }
  const secret = deps.secretOf(tenantId);
  if (secret === undefined) return final('dropped', 'its tenant is gone');
  try {
    const signing = { secret, domain: deps.domainOf(tenantId), now: deps.now() };
    return judge(await deps.sender.send(await callbackRequest(target, url, content, signing), signal));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof BlockedTargetError) return final('blocked', reason);
    return { is: 'failed', isTargets: true, failure: reason };
  }
}

function judge(status: number): Verdict {
  if (status >= 200 && status < 300) return { is: 'delivered' };
  const failure = `answered HTTP ${status}`;
  return FINAL.has(status) ? final('rejected', failure) : { is: 'failed', isTargets: true, failure };
}

function final(outcome: CallbackOutcome, failure: string): Verdict {
  return { is: 'final', outcome, failure };
}

async function inTime(
  beforeDelivery: BeforeDelivery,
  callback: OutgoingCallback,
  signal: AbortSignal,
): Promise<'deliver' | 'withdraw'> {
  const limit = new AbortController();
  const giveUp = (): void => {
    limit.abort();
  };
  const timer = setTimeout(giveUp, BEFORE_DELIVERY_MS);
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    return await Promise.race([beforeDelivery(callback, limit.signal), aborted(limit.signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', giveUp);
  }
}

async function aborted(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort');
  throw new Error('what is done before it took too long');
}
