import { signQuery } from '../../bbb/checksum.js';
import { BbbError } from '../../bbb/error.js';
import { bbbError } from '../../bbb/messages.js';
import type { RawQuery } from '../../bbb/raw-query.js';
import { UpstreamError } from '../../bbb/upstream-error.js';
import type { LocatedMeeting } from '../../meetings/meeting-calls.js';
import { serverUnavailable } from '../../meetings/server-gone.js';
import type { ApiDeps } from '../api-deps.js';
import type { CallAnswer, CallDefinition } from '../call-definition.js';
import { errorRedirect, redirectedError } from '../error-redirect.js';
import { locateNamed } from '../locate-named.js';
import { relayedAnswer } from '../relayed-answer.js';

type JoinDeps = Pick<ApiDeps, 'meetings' | 'tenants'>;

/** Joining may create the user's session on a busy server. */
const JOIN_TIMEOUT_MS = 10_000;

/**
 * join: a signed 302 to the meeting's server, from memory alone, since the browser must get that server's cookie.
 * With `redirect=false` the server is asked and its answer relayed with the cookies.
 */
export function join(deps: JoinDeps): CallDefinition {
  return {
    name: 'join',
    methods: ['GET', 'HEAD'],
    body: 'form',
    refusal: 'xml',
    handle: async ({ query, tenant, request }) => {
      try {
        const { named, located } = locateNamed(deps, query, tenant);
        if (located === undefined) throw bbbError('invalidMeetingIdentifier');
        if (located.isGone) throw gone();
        const sent = withoutStaleCreateTime(named.query, located);
        // HEAD must not let anybody in.
        if (request.method === 'HEAD') return redirect(located, sent);
        deps.meetings.noteJoin(located);
        if (isRedirect(query)) return redirect(located, sent);
        return await relayJoin(deps, located, sent, tenant);
      } catch (error) {
        if (error instanceof BbbError) return errorRedirect(query, error);
        throw error;
      }
    },
  };
}

function redirect({ server: { definition } }: LocatedMeeting, query: RawQuery): CallAnswer {
  const signed = signQuery('join', query.toString(), definition.secret);
  return {
    status: 302,
    body: '',
    headers: { Location: `${definition.url}/join?${signed}` },
  };
}

async function relayJoin(
  deps: JoinDeps,
  { server, meeting }: LocatedMeeting,
  query: RawQuery,
  tenant: Parameters<typeof relayedAnswer>[1],
): Promise<CallAnswer> {
  try {
    const answer = await deps.meetings.relay(server, {
      call: 'join',
      query: query.toString(),
      timeoutMs: JOIN_TIMEOUT_MS,
      expectRedirect: true,
    });
    const headers: Record<string, string | readonly string[]> = {};
    if (answer.setCookies.length > 0) headers['Set-Cookie'] = answer.setCookies;
    // BBB redirects on errors even with redirect=false.
    if (answer.location !== undefined) {
      const relayed = { status: 302, body: '', headers: { ...headers, Location: answer.location } };
      const messageKey = redirectedError(answer.location);
      return messageKey === undefined ? relayed : { ...relayed, outcome: 'failed', messageKey };
    }
    return { ...relayedAnswer(answer, tenant), headers };
  } catch (error) {
    if (error instanceof UpstreamError) throw serverUnavailable(meeting.serverId, error);
    throw error;
  }
}

/** Anything but `true` means false, as BBB's Boolean.parseBoolean has it; without it a browser is asking. */
function isRedirect(query: RawQuery): boolean {
  const value = query.get('redirect');
  return value === undefined || value === '' || value.toLowerCase() === 'true';
}

/** A link handed out before the meeting moved names the other copy's createTime; BBB would refuse it. */
function withoutStaleCreateTime(query: RawQuery, { meeting }: LocatedMeeting): RawQuery {
  if (!meeting.wasMoved) return query;
  const createTime = query.get('createTime');
  return createTime === undefined || createTime === String(meeting.createTime)
    ? query
    : query.without('createTime');
}

function gone(): BbbError {
  return bbbError(
    'serverUnavailable',
    'The server of this meeting cannot be reached. Please start the meeting again, then join.',
  );
}
