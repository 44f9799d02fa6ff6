import type { ApiDeps } from '../api-deps.js';
import type { CallDefinition } from '../call-definition.js';

/** getMeetings: the tenant's meetings on all servers, breakout rooms included. */
export function getMeetings(deps: ApiDeps): CallDefinition {
  return {
    name: 'getMeetings',
    methods: ['GET', 'POST'],
    body: 'form',
    refusal: 'xml',
    handle: ({ tenant }) => deps.list.answer(tenant.id),
  };
}
