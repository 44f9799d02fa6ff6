import { successXml } from '../../bbb/answer.js';
import { bbbError } from '../../bbb/messages.js';
import { UpstreamError } from '../../bbb/upstream-error.js';
import { STATUS_TIMEOUT_MS } from '../../meetings/meeting-client.js';
import type { LocatedMeeting } from '../../meetings/meeting-calls.js';
import { serverUnavailable } from '../../meetings/server-gone.js';
import { restoreMeetingIds } from '../../tenants/restore-meeting-ids.js';
import type { Tenant } from '../../tenants/tenant.js';
import type { ApiDeps } from '../api-deps.js';
import type { CallAnswer, CallDefinition } from '../call-definition.js';
import { locateNamed } from '../locate-named.js';
import type { NamedMeeting } from '../named-meeting.js';
import { relayedAnswer } from '../relayed-answer.js';

/**
 * isMeetingRunning: an unknown ID is not an error, and no ID is too short (Greenlight probes with `0`). While the
 * meeting's server fails, the last poll answers; once it is offline the meeting does not run, so that it can be created anew.
 */
export function isMeetingRunning(deps: ApiDeps): CallDefinition {
  return {
    name: 'isMeetingRunning',
    methods: ['GET', 'POST'],
    body: 'form',
    refusal: 'xml',
    handle: ({ query, tenant }) => {
      const { named, located } = locateNamed(deps, query, tenant);
      if (located === undefined || located.isGone) return { body: successXml({ running: false }) };
      return relayStatus(deps, 'isMeetingRunning', located, named, tenant, () => ({
        body: successXml({ running: located.polled?.isRunning ?? false }),
        isStale: true,
      }));
    },
  };
}

/** getMeetingInfo: from the meeting's server; while that fails, what it last said of the meeting. */
export function getMeetingInfo(deps: ApiDeps): CallDefinition {
  return {
    name: 'getMeetingInfo',
    methods: ['GET', 'POST'],
    body: 'form',
    refusal: 'xml',
    handle: ({ query, tenant }) => {
      const { named, located } = locateNamed(deps, query, tenant);
      if (located === undefined || located.isGone) throw bbbError('notFound');
      return relayStatus(deps, 'getMeetingInfo', located, named, tenant, (failure) => {
        if (located.polled === undefined) throw serverUnavailable(located.meeting.serverId, failure);
        const info = deps.restoreUrls(infoFromPoll(located.polled.xml), tenant.id);
        return { body: restoreMeetingIds(info, tenant.id), isStale: true };
      });
    },
  };
}

async function relayStatus(
  deps: ApiDeps,
  call: string,
  { server }: LocatedMeeting,
  named: NamedMeeting,
  tenant: Tenant,
  fallback: (failure: UpstreamError) => CallAnswer,
): Promise<CallAnswer> {
  try {
    const request = { call, query: named.query.toString(), timeoutMs: STATUS_TIMEOUT_MS };
    return relayedAnswer(await deps.meetings.relay(server, request), tenant, deps.restoreUrls);
  } catch (error) {
    if (error instanceof UpstreamError) return fallback(error);
    throw error;
  }
}

/** A `<meeting>` of getMeetings has the children that getMeetingInfo has at its root (one template in bbb-web). */
function infoFromPoll(meetingXml: Buffer): Buffer {
  const inner = meetingXml.subarray(meetingXml.indexOf('>') + 1, meetingXml.lastIndexOf('<'));
  return Buffer.concat([
    Buffer.from('<response>\n<returncode>SUCCESS</returncode>'),
    inner,
    Buffer.from('</response>'),
  ]);
}
