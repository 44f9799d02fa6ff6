import { z } from 'zod';
import type { OneAtATime } from '../pool/one-at-a-time.js';
import { applyCluster, summarise } from './apply-cluster.js';
import { parseCluster } from './cluster-document.js';
import { serverDocument, tenantDocument } from './cluster-schema.js';
import type { AdminDeps } from './deps.js';
import { JsonList } from './json-list.js';
import { AdminError } from './problem.js';
import { defineRoute, flag, limit, noQuery, parseJson, type Route } from './route.js';
import { samplesAnswer } from './samples-answer.js';
import { tenantViews } from './tenant-views.js';
import type { AuditAnswer, MeetingsAnswer, PlacementsAnswer, TenantsAnswer } from './views.js';

const id = z.string().min(1).max(1024);
const endRequest = z.strictObject({ tenantId: z.string().min(1).max(64).default('default'), meetingId: id });

/** Tenants, meetings, placements, the audit trail, and `apply`. */
export function clusterRoutes(deps: AdminDeps, changes: OneAtATime): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/tenants',
      scope: 'read',
      summary: 'All tenants',
      query: noQuery,
      answer: 'TenantsAnswer',
      handle: () => {
        const body: TenantsAnswer = { tenants: tenantViews(deps.tenants.all(), deps.meetings.list()) };
        return { body };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/meetings',
      scope: 'read',
      summary: 'Claimed and running meetings',
      query: z.strictObject({ tenant: id.optional(), server: id.optional() }),
      answer: 'MeetingsAnswer',
      handle: ({ query: { tenant, server } }) => {
        const meetings = deps.meetings
          .list()
          .filter((meeting) => tenant === undefined || meeting.tenantId === tenant)
          .filter((meeting) => server === undefined || meeting.serverId === server);
        return { body: { meetings } satisfies MeetingsAnswer };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/meetings/end',
      scope: 'operate',
      summary: 'Ends a meeting',
      query: noQuery,
      body: { contentType: 'application/json', schema: endRequest },
      answer: 'EndedAnswer',
      action: 'meeting.end',
      handle: async ({ body }) => {
        const parsed = endRequest.safeParse(parseJson(body));
        if (!parsed.success) {
          const errors = parsed.error.issues.map(
            (issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`,
          );
          throw new AdminError(400, 'the body must be { tenantId, meetingId }', errors);
        }
        const { tenantId, meetingId } = parsed.data;
        const found = deps.meetings
          .list()
          .find((meeting) => meeting.tenantId === tenantId && meeting.meetingId === meetingId);
        if (found === undefined) {
          throw new AdminError(404, `tenant ${tenantId} has no meeting ${meetingId}`);
        }
        await deps.meetings.end(tenantId, meetingId);
        const target = `${tenantId}/${meetingId}`;
        return {
          body: { ended: true, tenantId, meetingId },
          audit: { target, detail: `on ${found.serverId}` },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/samples',
      scope: 'read',
      summary: 'The newest samples of the hosts, what of them was left out, and tags that fit no server',
      query: noQuery,
      answer: 'SamplesAnswer',
      handle: () => ({ body: samplesAnswer(deps.samples(), deps.now()) }),
    }),
    defineRoute({
      method: 'get',
      path: '/placements',
      scope: 'read',
      summary: 'Placement decisions, newest first, with every candidate and why it was taken or not',
      query: z.strictObject({ meetingId: id.optional(), tenant: id.optional(), limit }),
      answer: 'PlacementsAnswer',
      handle: async ({ query: { meetingId, tenant, limit: rows } }) => {
        const placements = await deps.placements.listPlacements({ meetingId, tenantId: tenant, limit: rows });
        return { body: new JsonList('placements' satisfies keyof PlacementsAnswer, placements) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/placements/:id',
      scope: 'read',
      summary: 'One placement decision by its ID: whole while it is recent, later its best 40 candidates',
      query: noQuery,
      answer: 'PlacementView',
      handle: async ({ id: placementId }) => {
        const body = await deps.placements.findPlacement(placementId);
        if (body === undefined) throw new AdminError(404, `no placement ${placementId} is kept`);
        return { body };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/apply',
      scope: 'admin',
      summary: 'Brings servers and tenants to what the documents say; validated as a whole, idempotent',
      query: z.strictObject({ dryRun: flag, prune: flag }),
      body: {
        contentType: 'application/yaml',
        schema: z.array(z.discriminatedUnion('kind', [serverDocument, tenantDocument])),
      },
      answer: 'ApplyAnswer',
      action: 'cluster.apply',
      handle: ({ query, body }) =>
        changes.run(async () => {
          const answer = await applyCluster(deps, parseCluster(body, { kind: 'request' }), query);
          const detail = summarise(answer.changes);
          return detail === '' || query.dryRun
            ? { body: answer }
            : { body: answer, audit: { target: 'cluster', detail } };
        }),
    }),
    defineRoute({
      method: 'get',
      path: '/audit',
      scope: 'read',
      summary: 'Who changed what, newest first',
      query: z.strictObject({ limit }),
      answer: 'AuditAnswer',
      handle: async ({ query }) => {
        const body: AuditAnswer = { audit: await deps.audit.list(query.limit) };
        return { body };
      },
    }),
  ];
}
