import express, {
  type ErrorRequestHandler,
  type Request,
  type RequestHandler,
  type Response,
  Router,
} from 'express';
import helmet from 'helmet';
import { OneAtATime } from '../pool/one-at-a-time.js';
import { actorOf, authenticate } from './authenticate.js';
import { callbackRoutes } from './callback-routes.js';
import { clusterRoutes } from './cluster-routes.js';
import type { AdminDeps } from './deps.js';
import { JsonList } from './json-list.js';
import { openApiDocument } from './openapi.js';
import { AdminError, requestIdOf, sendProblem, toAdminError } from './problem.js';
import { recordingRoutes } from './recording-routes.js';
import { defineRoute, noQuery, type Route, type RouteAnswer } from './route.js';
import { serverRoutes } from './server-routes.js';
import { covers } from './token-book.js';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The router of /admin/v1: who calls, may they, then the route; every change is logged and kept in the audit trail. */
export function createAdminRouter(deps: AdminDeps): Router {
  const router = Router();
  const routes = adminRoutes(deps);
  const readBody = express.text({ type: () => true, limit: MAX_BODY_BYTES });

  router.use(
    helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] }, useDefaults: false } }),
  );
  router.use((_req, res, next) => {
    res.setHeader('cache-control', 'no-store');
    next();
  });
  router.use(authenticate(deps));
  for (const route of routes) {
    const handlers: RequestHandler[] = [requireScope(route)];
    if (route.method === 'post' && route.takesStream !== true) handlers.push(readBody);
    router[route.method](route.path, ...handlers, serve(route, deps));
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    router.all(path, (_req, res) => {
      res.setHeader('allow', allowed.join(', '));
      throw new AdminError(405, `this address takes ${allowed.join(' or ')}`);
    });
  }
  router.use((req) => {
    throw new AdminError(
      404,
      `there is nothing at ${req.baseUrl}${req.path}; see ${req.baseUrl}/openapi.json`,
    );
  });
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  const onError: ErrorRequestHandler = (error: unknown, req, res, _next) => {
    sendProblem(req, res, error, deps.logger);
  };
  router.use(onError);
  return router;
}

/** The table of all routes. */
export function adminRoutes(deps: AdminDeps): readonly Route[] {
  const changes = new OneAtATime();
  const routes: Route[] = [
    ...serverRoutes(deps, changes),
    ...clusterRoutes(deps, changes),
    ...callbackRoutes(deps),
    ...recordingRoutes(deps),
  ];
  routes.push(
    defineRoute({
      method: 'get',
      path: '/openapi.json',
      scope: 'read',
      summary: 'This document',
      query: noQuery,
      answer: 'OpenApiDocument',
      handle: () => ({ body: openApiDocument(routes, deps.version) }),
    }),
  );
  return routes;
}

function requireScope(route: Route): RequestHandler {
  return (_req, res, next) => {
    const { name, scope } = actorOf(res);
    if (!covers(scope, route.scope)) {
      throw new AdminError(403, `this needs a token with scope ${route.scope}; ${name} has ${scope}`);
    }
    next();
  };
}

function serve(route: Route, deps: AdminDeps): RequestHandler {
  return async (req, res) => {
    const actor = actorOf(res);
    const { id } = req.params;
    const search = new URLSearchParams(/\?(.*)$/s.exec(req.originalUrl)?.[1]);
    const named = typeof id === 'string' ? id : '';
    // Node takes the socket off a request whose body is left unread.
    const address = req.ip;
    let answer: RouteAnswer;
    try {
      answer = await route.run({
        id: named,
        search,
        body: typeof req.body === 'string' ? req.body : '',
        ...(route.takesStream === true && { stream: req, contentLength: lengthOf(req) }),
        actor,
      });
    } catch (error) {
      if (route.action !== undefined) {
        const detail = `refused: ${toAdminError(error).message}`;
        const target = route.targetOf?.(search) ?? named;
        await remember(route, deps, res, { target, detail, address });
      }
      throw error;
    }
    if (answer.audit !== undefined) await remember(route, deps, res, { ...answer.audit, address });
    if (answer.body instanceof JsonList) await answer.body.send(res, answer.status);
    else res.status(answer.status ?? 200).json(answer.body);
  };
}

function lengthOf(req: Request): number | undefined {
  const given = req.headers['content-length'];
  return given === undefined ? undefined : Number(given);
}

/** The change is done by now: an audit trail that cannot be written is logged, not answered with an error. */
async function remember(
  route: Route,
  deps: AdminDeps,
  res: Response,
  what: { readonly target: string; readonly detail: string; readonly address: string | undefined },
): Promise<void> {
  const entry = {
    at: deps.now(),
    actor: actorOf(res).name,
    action: route.action ?? route.path,
    target: what.target.slice(0, 256),
    detail: what.detail.slice(0, 1000),
  };
  const { actor, action, target, detail } = entry;
  deps.logger.info('admin change', {
    actor,
    action,
    target,
    detail,
    address: what.address,
    requestId: requestIdOf(res),
  });
  try {
    await deps.audit.record(entry);
  } catch (error) {
    deps.logger.error('the audit trail cannot be written', { action, target, error });
  }
}
