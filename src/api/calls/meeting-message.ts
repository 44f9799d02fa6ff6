import type { MessageKey } from '../../bbb/error.js';
import { bbbError } from '../../bbb/messages.js';
import { UpstreamError } from '../../bbb/upstream-error.js';
import { requestRejected, serverUnavailable } from '../../meetings/server-gone.js';
import type { ApiDeps } from '../api-deps.js';
import type { CallDefinition } from '../call-definition.js';
import { locateNamed } from '../locate-named.js';
import { relayedAnswer } from '../relayed-answer.js';

/** insertDocument: the server fetches the documents, so it has as long as a create with documents. */
export function insertDocument(deps: ApiDeps): CallDefinition {
  return toMeeting(deps, { name: 'insertDocument', methods: ['POST'], body: 'xml' }, 60_000, 'notFound');
}

/** sendChatMessage (BBB 3.0). */
export function sendChatMessage(deps: ApiDeps): CallDefinition {
  return toMeeting(
    deps,
    { name: 'sendChatMessage', methods: ['GET'], body: 'form' },
    10_000,
    'meetingNotFound',
  );
}

/** A call that hands something to a meeting: no second try, since the first may have arrived. */
function toMeeting(
  deps: ApiDeps,
  definition: Pick<CallDefinition, 'name' | 'methods' | 'body'>,
  timeoutMs: number,
  unknownKey: MessageKey,
): CallDefinition {
  return {
    ...definition,
    refusal: 'xml',
    handle: async ({ query, tenant, body }) => {
      const { named, located } = locateNamed(deps, query, tenant);
      if (located === undefined || located.isGone) throw bbbError(unknownKey);
      try {
        const answer = await deps.meetings.relay(located.server, {
          call: definition.name,
          query: named.query.toString(),
          timeoutMs,
          ...(body && { method: 'POST', body: body.content, contentType: 'application/xml' }),
        });
        return relayedAnswer(answer, tenant);
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        if (error.reason === 'rejected') throw requestRejected(error);
        throw serverUnavailable(located.meeting.serverId, error);
      }
    },
  };
}
