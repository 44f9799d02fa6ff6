import { createHash } from 'node:crypto';
import { decodeFormValue, type Parameters } from '../parameters.js';
import type { SimRecording } from '../state/recordings-state.js';
import { line, message } from '../xml.js';
import { recordingXml } from './recording-xml.js';
import { type Failure, failed, type SimCall, type SimContext, success } from './sim-call.js';

const MISSING_RECORD_ID: Failure = { key: 'missingParamRecordID', text: 'You must specify a recordID.' };
const NOT_FOUND: Failure = { key: 'notFound', text: 'We could not find recordings' };

/** The error of a recording call without recordID. */
export function missingRecordId(parameters: Parameters): Failure | undefined {
  return parameters.text('recordID') === '' ? MISSING_RECORD_ID : undefined;
}

/** getRecordings: by record IDs (or prefixes), else by meeting IDs (as prefixes of their record IDs), and state. */
export const getRecordingsCall: SimCall = {
  methods: ['GET', 'POST'],
  checksum: 'recording',
  bodies: 'form',
  handle: ({ parameters }, context) => {
    const found = select(parameters, context);
    const { page, total } = cut(found, parameters, context);
    if (page.length > 0) {
      const list = page.map((recording) => recordingXml(recording, context.origin)).join('');
      return success(`<recordings>\n${list}</recordings>\n${total}`);
    }
    const none = message('noRecordings', 'There are no recordings for the meeting(s).');
    return success(`<recordings></recordings>\n${none}${total}`);
  },
};

/** publishRecordings: echoes the parameter as it came. */
export const publishRecordingsCall: SimCall = {
  methods: ['GET'],
  checksum: 'recording',
  bodies: 'form',
  missing: (parameters) => {
    const noPublish = { key: 'missingParamPublish', text: 'You must specify a publish value true or false.' };
    return missingRecordId(parameters) ?? (parameters.text('publish') === '' ? noPublish : undefined);
  },
  handle: ({ parameters }, context) => {
    const state = parameters.isTrue('publish') ? 'published' : 'unpublished';
    const isDone = change(parameters, context, (recording) => ({ ...recording, state }));
    return isDone ? success(line('published', parameters.text('publish'))) : failed(NOT_FOUND);
  },
};

/** deleteRecordings. */
export const deleteRecordingsCall: SimCall = {
  methods: ['GET'],
  checksum: 'recording',
  bodies: 'form',
  missing: missingRecordId,
  handle: ({ parameters }, context) => {
    const isDone = change(parameters, context, (recording) => ({ ...recording, state: 'deleted' }));
    return isDone ? success(line('deleted', true)) : failed(NOT_FOUND);
  },
};

/** updateRecordings: an empty meta value deletes its key; SUCCESS also without any. */
export const updateRecordingsCall: SimCall = {
  methods: ['GET', 'POST'],
  checksum: 'recording',
  bodies: 'form',
  missing: missingRecordId,
  handle: ({ parameters }, context) => {
    const updates = parameters.withPrefix('meta_');
    const isDone = change(parameters, context, (recording) => {
      const metadata = new Map(recording.metadata);
      for (const [name, value] of updates) {
        if (value === '') metadata.delete(name);
        else metadata.set(name, value);
      }
      return { ...recording, metadata };
    });
    return isDone ? success(line('updated', true)) : failed(NOT_FOUND);
  },
};

/** Changes every recording named that is there; false when none is. */
function change(
  parameters: Parameters,
  context: SimContext,
  apply: (recording: SimRecording) => SimRecording,
): boolean {
  const found = readIds(parameters, 'recordID')
    .map((id) => context.recordings.find(id))
    .filter((recording) => recording !== undefined && recording.state !== 'deleted');
  for (const recording of found) if (recording) context.recordings.save(apply(recording));
  return found.length > 0;
}

/** The page asked for; `totalElements` is said to who asks for one, by a server that knows pages. */
function cut(
  found: readonly SimRecording[],
  parameters: Parameters,
  context: SimContext,
): { page: readonly SimRecording[]; total: string } {
  const isPaged = parameters.text('offset') !== '' || parameters.text('limit') !== '';
  if (context.ignoresPaging || !isPaged) return { page: found, total: '' };
  const offset = Math.max(0, parameters.integer('offset', 0));
  const page = found.slice(offset, offset + Math.max(0, parameters.integer('limit', Infinity)));
  return { page, total: line('totalElements', found.length) };
}

function select(parameters: Parameters, context: SimContext): readonly SimRecording[] {
  const recordIds = readIds(parameters, 'recordID');
  const prefixes =
    recordIds.length > 0
      ? recordIds
      : readIds(parameters, 'meetingID').map((id) => createHash('sha1').update(id).digest('hex'));
  const wanted = readIds(parameters, 'state');
  const states = wanted.length > 0 ? wanted : ['published', 'unpublished'];
  const metadata = [...parameters.withPrefix('meta_')];
  return context.recordings
    .list()
    .filter(
      (recording) =>
        (prefixes.length === 0 || prefixes.some((prefix) => recording.recordId.startsWith(prefix))) &&
        (states.includes('any') || states.includes(recording.state)) &&
        metadata.every(([name, value]) => recording.metadata.get(name) === value),
    );
}

/** Lists may end in a comma and be encoded twice. */
function readIds(parameters: Parameters, name: string): readonly string[] {
  return decodeFormValue(parameters.text(name))
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
}
