import { isIPv6 } from 'node:net';
import type { Request, RequestHandler, Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Logger } from '../log.js';
import { AdminError, requestIdOf } from './problem.js';
import type { Actor, TokenBook } from './token-book.js';

/** What tells who calls. */
export interface AuthenticateDeps {
  readonly tokens: TokenBook;
  readonly failuresPerMinute: number;
  readonly logger: Logger;
}

/**
 * Requires `Authorization: Bearer TOKEN`. A valid token always passes; wrong ones are counted per client address,
 * and answered 429 instead of 401 beyond the limit.
 */
export function authenticate(deps: AuthenticateDeps): RequestHandler {
  const limiter = new RateLimiterMemory({ points: deps.failuresPerMinute, duration: 60 });
  return async (req, res, next) => {
    const token = bearerToken(req);
    const actor = token === undefined ? undefined : deps.tokens.identify(token);
    if (actor !== undefined) {
      res.locals[ACTOR] = actor;
      next();
      return;
    }
    res.setHeader('www-authenticate', token === undefined ? 'Bearer' : 'Bearer error="invalid_token"');
    if (token === undefined) throw new AdminError(401, 'send an admin token: Authorization: Bearer TOKEN');
    const address = req.ip ?? 'unknown';
    const waitMs = await consume(limiter, clientKey(address));
    if (waitMs !== undefined) {
      res.setHeader('retry-after', Math.max(1, Math.ceil(waitMs / 1000)));
      throw new AdminError(429, 'too many wrong tokens from this address');
    }
    deps.logger.warn('admin login failed', { address, requestId: requestIdOf(res) });
    throw new AdminError(401, 'this token is not known');
  };
}

const ACTOR = 'adminActor';

/** Who calls; only behind `authenticate`. */
export function actorOf(res: Response): Actor {
  const actor = res.locals[ACTOR] as Actor | undefined;
  if (actor === undefined) throw new Error('the request was not authenticated');
  return actor;
}

/** Who guesses from an IPv6 network has all its addresses: one /64 counts as one client. */
export function clientKey(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  if (!isIPv6(plain)) return plain;
  const [head = '', tail] = (plain.split('%')[0] ?? '').split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

function bearerToken(req: Request): string | undefined {
  const match = /^bearer +([^\s]+) *$/i.exec(req.headers.authorization ?? '');
  return match?.[1];
}

/** Counts one failure; how long to wait when there were too many. */
async function consume(limiter: RateLimiterMemory, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (error) {
    if (error instanceof RateLimiterRes) return error.msBeforeNext;
    throw error;
  }
}
