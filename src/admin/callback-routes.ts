import { z } from 'zod';
import type { StoredCallback } from '../callbacks/callback.js';
import { type CallbacksAnswer, callbackViewOf } from './callback-views.js';
import type { AdminDeps } from './deps.js';
import { AdminError } from './problem.js';
import { requireTenant } from './require-known.js';
import { defineRoute, limit, noQuery, type Route } from './route.js';

/** `/callbacks`: what waits for front ends, what arrived, what was given up. */
export function callbackRoutes({
  callbacks: outbox,
  tenants,
}: Pick<AdminDeps, 'callbacks' | 'tenants'>): readonly Route[] {
  const known = async (id: string): Promise<StoredCallback> => {
    const found = await outbox.find(id);
    if (found === undefined) throw new AdminError(404, `there is no callback ${id}`);
    return found;
  };
  /** The callback after a change of its state. Throws 409 where that state allowed none. */
  const changed = async (id: string, isDone: boolean, verb: string) => {
    const callback = await known(id);
    if (!isDone) throw new AdminError(409, `callback ${id} is ${callback.state}: it cannot be ${verb}`);
    const view = callbackViewOf(callback);
    return {
      body: view,
      audit: { target: id, detail: `${view.kind} of ${view.tenantId} to ${view.target}` },
    };
  };
  return [
    defineRoute({
      method: 'get',
      path: '/callbacks',
      scope: 'read',
      summary: 'Callbacks to front ends, newest first',
      query: z.strictObject({
        tenant: z.string().min(1).max(64).optional(),
        state: z.enum(['pending', 'delivered', 'failed']).optional(),
        limit,
      }),
      answer: 'CallbacksAnswer',
      handle: async ({ query: { tenant, state, limit: rows } }) => {
        const callbacks = await outbox.list({ tenantId: tenant, state, limit: rows });
        if (callbacks.length === 0) requireTenant(tenants, tenant);
        return { body: { callbacks: callbacks.map(callbackViewOf) } satisfies CallbacksAnswer };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/callbacks/:id/retry',
      scope: 'operate',
      summary: 'Tries a pending callback now, a failed one anew',
      query: noQuery,
      answer: 'CallbackView',
      action: 'callback.retry',
      handle: async ({ id }) => {
        await known(id);
        return await changed(id, await outbox.retry(id), 'tried again');
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/callbacks/:id',
      scope: 'operate',
      summary: 'Gives a pending callback up',
      query: noQuery,
      answer: 'CallbackView',
      action: 'callback.drop',
      handle: async ({ id }) => {
        await known(id);
        return await changed(id, await outbox.drop(id), 'dropped');
      },
    }),
  ];
}
