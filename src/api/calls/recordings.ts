import { JSON_CONTENT_TYPE, successXml } from '../../bbb/answer.js';
import { bbbError, successMessages } from '../../bbb/messages.js';
import type { FoundRecordings } from '../../recordings/recording-list.js';
import { withoutTenantMark } from '../../tenants/tenant-mark.js';
import type { ApiDeps } from '../api-deps.js';
import type { CallDefinition } from '../call-definition.js';
import { relayedAnswer } from '../relayed-answer.js';
import { streamedBody } from '../streamed-body.js';

const HEAD = Buffer.from('<response>\n<returncode>SUCCESS</returncode>\n<recordings>\n');
const LINE_END = Buffer.from('\n');

/** getRecordings: from the index over all servers. */
export function getRecordings(deps: ApiDeps): CallDefinition {
  return {
    name: 'getRecordings',
    methods: ['GET', 'POST'],
    body: 'form',
    refusal: 'recording-xml',
    handle: async ({ query, tenant }) => {
      const found = await deps.recordings.list(tenant.id, query);
      const total = found.total === undefined ? '' : `\n<totalElements>${found.total}</totalElements>`;
      if (found.first.length === 0) {
        const message = successMessages.noRecordings;
        const totalElements = found.total;
        const body = successXml({
          recordings: { rawXml: '' },
          totalElements,
          messageKey: 'noRecordings',
          message,
        });
        return { body };
      }
      const tail = Buffer.from(`</recordings>${total}\n</response>`);
      if (found.rest !== undefined) return { body: inPieces(found, tail) };
      return { body: Buffer.concat([HEAD, linesOf(found.first), tail]) };
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
    handle: async ({ query: asked, tenant }) => {
      const query = withoutTenantMark(asked);
      if ((query.get('recordID') ?? '') === '') throw bbbError('missingParamRecordID');
      if (name === 'publishRecordings' && (query.get('publish') ?? '') === '')
        throw bbbError('missingParamPublish');
      const { body, returnCode, messageKey } = await deps.recordings.change(tenant.id, name, query);
      return returnCode === 'SUCCESS' ? { body } : { body, outcome: 'failed', messageKey };
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
    streamsMultipart: isUpload,
    refusal: 'json',
    ...(isUpload && { missingChecksum: 'Missing param checksum.' }),
    handle: async ({ query, tenant, request }) => {
      if ((query.get('recordID') ?? '') === '')
        throw isUpload ? bbbError('paramError', 'Missing param recordID.') : bbbError('missingParamRecordID');
      const contentType = request.headers['content-type'] ?? '';
      const body = isUpload ? streamedBody(request) : undefined;
      const upload = body && { body, contentType };
      const asked = { tenantId: tenant.id, call: name, query };
      try {
        const answer = await deps.recordings.textTracks(asked, upload);
        const isJson = answer.body.subarray(0, 64).toString('latin1').trimStart().startsWith('{');
        return { ...relayedAnswer(answer, tenant), ...(isJson && { contentType: JSON_CONTENT_TYPE }) };
      } finally {
        body?.release();
      }
    },
  };
}

async function* inPieces({ first, rest }: FoundRecordings, tail: Buffer): AsyncGenerator<Buffer, void, void> {
  yield HEAD;
  yield linesOf(first);
  for await (const portion of rest ?? []) yield linesOf(portion);
  yield tail;
}

function linesOf(recordings: readonly Buffer[]): Buffer {
  return Buffer.concat(recordings.flatMap((recording) => [recording, LINE_END]));
}
