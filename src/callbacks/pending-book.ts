import type { CallbackKind, PendingCount } from './callback.js';

/** How many callbacks are pending: in all, and of hooks by tenant and target, which are bounded. */
export class PendingBook {
  readonly #hooks = new Map<string, number>();
  #total = 0;

  constructor(counts: readonly PendingCount[]) {
    for (const { count, ...callback } of counts) this.add(callback, count);
  }

  get total(): number {
    return this.#total;
  }

  /** Pending hooks of this tenant and target. */
  hooksOf(callback: { readonly tenantId: string; readonly target: string }): number {
    return this.#hooks.get(queueOf(callback)) ?? 0;
  }

  /** Counts more (or, with a negative number, fewer) of them. */
  add(callback: Omit<PendingCount, 'count'>, count: number): void {
    this.#total += count;
    if (callback.kind !== HOOK) return;
    const left = this.hooksOf(callback) + count;
    if (left > 0) this.#hooks.set(queueOf(callback), left);
    else this.#hooks.delete(queueOf(callback));
  }
}

const HOOK: CallbackKind = 'hook';

function queueOf({ tenantId, target }: { readonly tenantId: string; readonly target: string }): string {
  return `${tenantId}\n${target}`;
}
