import { JSON_CONTENT_TYPE, successXml } from '../../bbb/answer.js';
import { bbbError, successMessages } from '../../bbb/messages.js';
import type { RawQuery } from '../../bbb/raw-query.js';
import { restoreMeetingIds } from '../../tenants/restore-meeting-ids.js';
import type { ApiDeps } from '../api-deps.js';
import type { CallDefinition } from '../call-definition.js';
import { relayedAnswer } from '../relayed-answer.js';

/** getRecordings: the union over all servers; offset and limit count in the union. */
export function getRecordings(deps: ApiDeps): CallDefinition {
  return {
    name: 'getRecordings',
    methods: ['GET', 'POST'],
    body: 'form',
    refusal: 'recording-xml',
    handle: async ({ query, tenant }) => {
      const all = await deps.recordings.list(tenant.id, query);
      const page = pageOf(all, query);
      if (page.length === 0) {
        const message = successMessages.noRecordings;
        return { body: successXml({ recordings: { rawXml: '' }, messageKey: 'noRecordings', message }) };
      }
      const total = query.has('limit') ? `\n<totalElements>${all.length}</totalElements>` : '';
      const body = Buffer.concat([
        Buffer.from('<response>\n<returncode>SUCCESS</returncode>\n<recordings>\n'),
        ...page.flatMap((recording) => [recording.xml, Buffer.from('\n')]),
        Buffer.from(`</recordings>${total}\n</response>`),
      ]);
      return { body: restoreMeetingIds(body, tenant.id) };
    },
  };
}

/** publishRecordings, updateRecordings, deleteRecordings. */
export function changeRecordings(
  deps: ApiDeps,
  name: 'publishRecordings' | 'updateRecordings' | 'deleteRecordings',
): CallDefinition {
  return {
    name,
    methods: name === 'updateRecordings' ? ['GET', 'POST'] : ['GET'],
    body: 'form',
    refusal: 'recording-xml',
    handle: async ({ query, tenant }) => {
      if ((query.get('recordID') ?? '') === '') throw bbbError('missingParamRecordID');
      if (name === 'publishRecordings' && (query.get('publish') ?? '') === '')
        throw bbbError('missingParamPublish');
      return relayedAnswer(await deps.recordings.change(tenant.id, name, query), tenant);
    },
  };
}

/** getRecordingTextTracks and putRecordingTextTrack, which BBB answers in JSON. */
export function recordingTextTracks(
  deps: ApiDeps,
  name: 'getRecordingTextTracks' | 'putRecordingTextTrack',
): CallDefinition {
  const isUpload = name === 'putRecordingTextTrack';
  return {
    name,
    methods: isUpload ? ['POST'] : ['GET', 'POST'],
    body: isUpload ? 'multipart' : 'form',
    refusal: 'json',
    handle: async ({ query, tenant, body }) => {
      if ((query.get('recordID') ?? '') === '') throw bbbError('paramError', 'Missing param recordID.');
      const upload = body && { body: body.content, contentType: body.contentType };
      const answer = await deps.recordings.textTracks(tenant.id, name, query, upload);
      const isJson = answer.body.subarray(0, 64).toString('latin1').trimStart().startsWith('{');
      return { ...relayedAnswer(answer, tenant), ...(isJson && { contentType: JSON_CONTENT_TYPE }) };
    },
  };
}

function pageOf<Item>(all: readonly Item[], query: RawQuery): readonly Item[] {
  const offset = wholeNumber(query.get('offset')) ?? 0;
  const limit = wholeNumber(query.get('limit')) ?? all.length;
  return all.slice(offset, offset + limit);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
