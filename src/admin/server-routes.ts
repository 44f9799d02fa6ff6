import { z } from 'zod';
import { cordon, disable, drain, enable, uncordon } from '../pool/admin-state.js';
import type { OneAtATime } from '../pool/one-at-a-time.js';
import type { Pool } from '../pool/pool.js';
import { parseServer } from './cluster-document.js';
import { serverFields } from './cluster-schema.js';
import { crossFaults } from './cross-faults.js';
import type { AdminDeps } from './deps.js';
import { nextServer } from './plan-cluster.js';
import { AdminError } from './problem.js';
import { defineRoute, flag, noQuery, parseJson, type Route } from './route.js';
import { meetingsOn } from './running-meetings.js';
import type { PanicAnswer, ServersAnswer, ServerView } from './views.js';

const ACTIONS: readonly (readonly [string, (pool: Pool, id: string) => Promise<void>, string])[] = [
  ['cordon', cordon, 'No new meetings there; running ones go on'],
  ['uncordon', uncordon, 'Takes new meetings again'],
  ['drain', drain, 'Cordons it, and disables it once its last meeting has ended'],
  ['enable', enable, 'Puts it in service'],
  ['disable', disable, 'Takes it out of service at once'],
];

/** `/servers` and what is done to them. */
export function serverRoutes(deps: AdminDeps, changes: OneAtATime): readonly Route[] {
  const view = (id: string): ServerView => {
    const found = deps.serverViews().find((server) => server.id === id);
    if (found === undefined) throw notFound(id);
    return found;
  };
  const mustExist = (id: string): void => {
    if (deps.pool.server(id) === undefined) throw notFound(id);
  };

  return [
    defineRoute({
      method: 'get',
      path: '/servers',
      scope: 'read',
      summary: 'All servers with state, health and load',
      query: noQuery,
      answer: 'ServersAnswer',
      handle: () => ({ body: { servers: deps.serverViews() } satisfies ServersAnswer }),
    }),
    defineRoute({
      method: 'get',
      path: '/servers/:id',
      scope: 'read',
      summary: 'One server',
      query: noQuery,
      answer: 'ServerView',
      handle: ({ id }) => ({ body: view(id) }),
    }),
    defineRoute({
      method: 'post',
      path: '/servers',
      scope: 'admin',
      summary: 'Adds a server',
      query: noQuery,
      body: { contentType: 'application/json', schema: z.strictObject(serverFields) },
      answer: 'ServerView',
      status: 201,
      action: 'server.add',
      handle: ({ body }) =>
        changes.run(async () => {
          const wanted = parseServer(parseJson(body), { kind: 'request' });
          if (deps.pool.server(wanted.id) !== undefined) {
            throw new AdminError(
              409,
              `there is a server ${wanted.id} already; apply a document to change it`,
            );
          }
          const clash = crossFaults(
            { servers: [wanted], tenants: [] },
            {
              servers: deps.pool.servers().map((server) => server.definition),
              tenants: [],
              isAdminToken: () => false,
            },
            new Set(),
            new Set(),
          );
          if (clash.length > 0) throw new AdminError(409, clash.join('; '));
          const server = nextServer(wanted, undefined);
          await deps.pool.save(server);
          return {
            status: 201,
            body: view(server.id),
            audit: { target: server.id, detail: `${server.adminState}, ${server.url}` },
          };
        }),
    }),
    ...ACTIONS.map(([name, act, summary]) =>
      defineRoute({
        method: 'post',
        path: `/servers/:id/${name}`,
        scope: 'operate',
        summary,
        query: noQuery,
        answer: 'ServerView',
        action: `server.${name}`,
        handle: ({ id }) =>
          changes.run(async () => {
            mustExist(id);
            const before = view(id);
            await act(deps.pool, id);
            return { body: view(id), audit: { target: id, detail: `was ${stateOf(before)}` } };
          }),
      }),
    ),
    defineRoute({
      method: 'post',
      path: '/servers/:id/panic',
      scope: 'operate',
      summary: 'Ends and forgets all its meetings now',
      query: noQuery,
      answer: 'PanicAnswer',
      action: 'server.panic',
      handle: async ({ id }) => {
        mustExist(id);
        const ended = await deps.panic(id);
        const body: PanicAnswer = { server: view(id), ended };
        return { body, audit: { target: id, detail: `${ended} meetings ended` } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/servers/:id',
      scope: 'admin',
      summary: 'Removes a server; refused while meetings run there, unless forced',
      query: z.strictObject({ force: flag }),
      answer: 'RemovedAnswer',
      action: 'server.remove',
      handle: ({ id, query }) =>
        changes.run(async () => {
          mustExist(id);
          const running = meetingsOn(deps.pool.server(id), deps.meetings.list(), id);
          if (running > 0 && !query.force) {
            const advice = 'drain it first, or remove it with force=true';
            throw new AdminError(409, `server ${id} has running meetings (${running}): ${advice}`);
          }
          await deps.pool.remove(id);
          return { body: { removed: id }, audit: { target: id, detail: `${running} meetings were running` } };
        }),
    }),
  ];
}

function stateOf(server: ServerView): string {
  return server.isDraining ? 'draining' : server.adminState;
}

function notFound(id: string): AdminError {
  return new AdminError(404, `there is no server ${id}`);
}
