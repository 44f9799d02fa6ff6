import { successXml } from '../../bbb/answer.js';
import { bbbError, successMessages } from '../../bbb/messages.js';
import type { ApiDeps } from '../api-deps.js';
import type { CallDefinition } from '../call-definition.js';
import { locateNamed } from '../locate-named.js';
import { relayedAnswer } from '../relayed-answer.js';

/** end: relayed; a meeting whose server is offline is forgotten at once and ended there when the server is back. */
export function end(deps: ApiDeps): CallDefinition {
  return {
    name: 'end',
    methods: ['GET', 'POST'],
    body: 'form',
    refusal: 'xml',
    handle: async ({ query, tenant }) => {
      const { named, located } = locateNamed(deps, query, tenant);
      if (located === undefined) throw bbbError('notFound');
      const answer = await deps.meetings.end(located, named.query.toString());
      if (answer !== undefined) return relayedAnswer(answer, tenant);
      const message = successMessages.sentEndMeetingRequest;
      return { body: successXml({ messageKey: 'sentEndMeetingRequest', message }) };
    },
  };
}
