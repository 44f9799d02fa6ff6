import { expect } from 'chai';
import type { CallbackRequest } from '../../src/callbacks/callback-request.js';

/** A callback without a body. */
export function getRequest(url: string): CallbackRequest {
  const { origin, pathname, search } = new URL(url);
  return { method: 'GET', origin, path: pathname + search, headers: {}, body: undefined };
}

/** What a promise rejected with; fails where it did not. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome: unknown = await promise.then(
    (value) => `resolved with ${String(value)}`,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) expect.fail(String(outcome));
  return outcome;
}
