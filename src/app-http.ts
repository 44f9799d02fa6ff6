import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Express, type Router } from 'express';
import type { RequestTaker } from './api/http-front.js';
import type { BbbApi } from './api/bbb-api.js';
import type { Config } from './config/config.js';
import type { Logger } from './log.js';
import type { Probes } from './ops/probes.js';

type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The parts that take requests. */
export interface HttpParts {
  readonly logger: Logger;
  readonly api: BbbApi;
  /** What servers call. */
  readonly callbacks: RequestTaker;
  /** Files of the archive of recordings. */
  readonly playback: RequestTaker | undefined;
  readonly probes: Probes;
  readonly write: NodeHandler | undefined;
  readonly adminRouter: Router;
}

/** Who takes which request, per listener: with `adminListen` the operator's side answers only there. */
export function requestTakers(
  config: Config,
  parts: HttpParts,
): { readonly main: readonly RequestTaker[]; readonly admin: readonly RequestTaker[] } {
  const api: RequestTaker = (request, response, requestId) => parts.api.handle(request, response, requestId);
  const health = byPath({ '/health': parts.probes.health, '/ready': parts.probes.ready }, parts.logger);
  const operator = byPath(
    {
      '/metrics': parts.probes.metrics,
      ...(parts.write && { '/api/v2/write': onlyPost(parts.write) }),
    },
    parts.logger,
  );
  const app = adminApp(config, parts.adminRouter);
  const admin: RequestTaker = (request, response, requestId) => {
    if (request.url?.startsWith('/admin/') !== true) return false;
    response.setHeader('X-Request-Id', requestId);
    app(request, response);
    return true;
  };
  const operators = [operator, admin];
  const front = [api, parts.callbacks, ...(parts.playback === undefined ? [] : [parts.playback]), health];
  return config.adminListen === undefined
    ? { main: [...front, ...operators], admin: [] }
    : { main: front, admin: [health, ...operators] };
}

function adminApp(config: Config, router: Router): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustProxy);
  app.use('/admin/v1', router);
  return app;
}

function byPath(handlers: Readonly<Record<string, NodeHandler>>, logger: Logger): RequestTaker {
  const table = new Map(Object.entries(handlers));
  return (request, response, requestId) => {
    const handler = table.get((request.url ?? '').split('?', 1)[0] ?? '');
    if (handler === undefined) return false;
    response.setHeader('X-Request-Id', requestId);
    Promise.resolve(handler(request, response)).catch((error: unknown) => {
      logger.error('request failed', { path: request.url?.split('?', 1)[0], error });
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
    return true;
  };
}

function onlyPost(handler: NodeHandler): NodeHandler {
  return (request, response) => {
    if (request.method === 'POST') return handler(request, response);
    response.writeHead(405, { Allow: 'POST', 'Content-Type': 'application/json; charset=utf-8' });
    response.end('{"code":"method not allowed","message":"send line protocol by POST"}\n');
    return undefined;
  };
}

/** Files that are passed on or unpacked while they come: captions and recordings. */
export function isLongUpload({ url = '' }: IncomingMessage): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return path.endsWith('/putRecordingTextTrack') || path === '/admin/v1/recordings/import';
}
