import { bbbError } from '../../bbb/messages.js';
import type { RawQuery } from '../../bbb/raw-query.js';
import { UpstreamError } from '../../bbb/upstream-error.js';
import type { RewrittenCreate } from '../../callbacks/create-rewriter.js';
import { answeredMeeting } from '../../meetings/answered-meeting.js';
import { serverUnavailable } from '../../meetings/server-gone.js';
import { sizeHints } from '../../meetings/size-hints.js';
import { withoutTenantMark } from '../../tenants/tenant-mark.js';
import type { ApiDeps } from '../api-deps.js';
import type { BbbCall, CallAnswer, CallDefinition } from '../call-definition.js';
import { checkMeetingId, namedMeeting, type NamedMeeting } from '../named-meeting.js';
import { relayedAnswer } from '../relayed-answer.js';

/** create: claims the ID, places it, and gives back what the server answers. */
export function create(deps: ApiDeps): CallDefinition {
  return {
    name: 'create',
    methods: ['GET', 'POST'],
    body: 'xml-or-form',
    refusal: 'xml',
    handle: async (call) => {
      const { tenant } = call;
      const query = withoutTenantMark(call.query);
      const named = namedMeeting(query, tenant, deps.tenants);
      checkMeetingId(named);
      if (isBreakout(query)) return createBreakout(deps, call, named);
      const rewritten = await rewrite(deps, call, named);
      const { answer } = await deps.creator.create({
        tenant,
        meetingId: named.meetingId,
        scopedId: named.scopedId,
        query: rewritten.query.toString(),
        body: call.body?.content,
        // Without parameters: BBB 2.6.18 and 2.7.8 compare the content type literally.
        contentType: call.body === undefined ? undefined : 'application/xml',
        hasDocuments: call.body !== undefined || (query.get('preUploadedPresentation') ?? '') !== '',
        size: sizeHints({
          sizeHint: query.get('meta_bbb-meeting-size-hint'),
          maxParticipants: query.get('maxParticipants'),
        }),
        ...wantedTags(query, tenant.serverTags),
      });
      rewritten.created(answeredMeeting(answer));
      return relayedAnswer(answer, tenant, deps.restoreUrls);
    },
  };
}

/** With Ballast's own callback URLs in the place of the front end's. */
function rewrite(
  deps: ApiDeps,
  { tenant, request }: BbbCall,
  { meetingId, query }: NamedMeeting,
): Promise<RewrittenCreate> {
  return deps.rewriter.rewrite({
    tenantId: tenant.id,
    meetingId,
    query,
    isBreakout: isBreakout(query),
    origin: () => deps.originOf(request),
  });
}

/** `meta_server-tag`: preferred, or with `!` at its end required (the convention front ends know from Scalelite). */
function wantedTags(
  query: RawQuery,
  tenantTags: readonly string[],
): { readonly requiredTags: readonly string[]; readonly preferredTag: string | undefined } {
  const tag = query.get('meta_server-tag')?.trim() ?? '';
  if (tag === '') return { requiredTags: tenantTags, preferredTag: undefined };
  return tag.endsWith('!')
    ? { requiredTags: [...tenantTags, tag.slice(0, -1)], preferredTag: undefined }
    : { requiredTags: tenantTags, preferredTag: tag };
}

/** Read more widely than BBB does, which takes blanks and controls out: what it takes for a breakout must be one here. */
function isBreakout(query: RawQuery): boolean {
  return query
    .getAll('isBreakout')
    .some((value) => value.replace(/[\p{C}\p{Z}]/gu, '').toLowerCase() === 'true');
}

/** A breakout room lives beside its parent and is known by it; there is nothing to place. */
async function createBreakout(deps: ApiDeps, call: BbbCall, named: NamedMeeting): Promise<CallAnswer> {
  const parentId = named.query.get('parentMeetingID') ?? '';
  if (parentId === '') throw bbbError('parentMeetingIDMissing');
  const parent = [...deps.directory.all()].find(
    (meeting) => meeting.internalMeetingId === parentId && meeting.tenantId === call.tenant.id,
  );
  const located = parent && deps.meetings.locate(parent.tenantId, parent.meetingId);
  if (located === undefined || named.query.getAll('parentMeetingID').length > 1) {
    throw bbbError('parentMeetingDoesNotExist');
  }
  const { query } = await rewrite(deps, call, named);
  try {
    const answer = await deps.meetings.relay(located.server, {
      call: 'create',
      query: query.with('isBreakout', 'true').toString(),
      timeoutMs: 10_000,
      ...(call.body && { method: 'POST', body: call.body.content, contentType: 'application/xml' }),
    });
    deps.pool.markChanged(located.server.definition.id);
    return relayedAnswer(answer, call.tenant, deps.restoreUrls);
  } catch (error) {
    if (error instanceof UpstreamError) throw serverUnavailable(located.meeting.serverId, error);
    throw error;
  }
}
