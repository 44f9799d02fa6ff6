import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from '../log.js';
import { AdminError, requestIdOf } from './problem.js';
import type { Actor, TokenBook } from './token-book.js';

/** What tells who calls. */
export interface AuthenticateDeps {
  readonly tokens: TokenBook;
  readonly failedLogins: FailedLogins;
  readonly logger: Logger;
}

/** Wrong tokens by client address. */
export interface FailedLogins {
  /** Counts one; false once the address has had its share of this minute. */
  count(address: string): Promise<boolean>;
}

/**
 * Requires `Authorization: Bearer TOKEN`. A valid token always passes; wrong ones are counted per client address,
 * and answered 429 instead of 401 beyond the limit.
 */
export function authenticate(deps: AuthenticateDeps): RequestHandler {
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
    if (!(await deps.failedLogins.count(address))) {
      res.setHeader('retry-after', 60);
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

function bearerToken(req: Request): string | undefined {
  const match = /^bearer +([^\s]+) *$/i.exec(req.headers.authorization ?? '');
  return match?.[1];
}
