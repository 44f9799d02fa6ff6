import { missingRecordId } from './recording-calls.js';
import { failed, jsonAnswer, type SimAnswer, type SimCall } from './sim-call.js';

/** getRecordingTextTracks: JSON, its own form of "none". */
export const getRecordingTextTracksCall: SimCall = {
  methods: ['GET', 'POST'],
  checksum: 'recording',
  bodies: 'form',
  missing: missingRecordId,
  handle: ({ parameters }, context) => {
    const recording = context.recordings.find(parameters.text('recordID'));
    if (!recording || recording.state === 'deleted')
      return refusedTrack('noRecordings', 'No recording found');
    const tracks = recording.tracks.map(({ href, kind, label, lang }) => ({
      ...{ href, kind, label, lang },
      source: 'upload',
    }));
    return jsonAnswer({ returncode: 'SUCCESS', tracks });
  },
};

/** putRecordingTextTrack: multipart with the field `file`; the errors come in bbb-web's order. */
export const putRecordingTextTrackCall: SimCall = {
  methods: ['POST'],
  checksum: 'recording',
  bodies: 'form',
  missingChecksum: { key: 'paramError', text: 'Missing param checksum.' },
  missing: (parameters) =>
    parameters.text('recordID') === '' ? { key: 'paramError', text: 'Missing param recordID.' } : undefined,
  refuse: (failure) => {
    // Only a checksum that is there and wrong is answered in XML.
    if (failure.key === 'paramError') return refusedTrack(failure.key, failure.text);
    return failed(failure);
  },
  handle: ({ parameters, body }, context) => {
    const recordId = parameters.text('recordID');
    const recording = context.recordings.find(recordId);
    if (!recording) return refusedTrack('noRecordings', `No recording was found for ${recordId}`);
    const kind = parameters.text('kind');
    if (kind === '') return refusedTrack('paramError', 'Missing param kind.');
    if (kind !== 'subtitles' && kind !== 'captions') {
      const text = `Invalid kind parameter, expected='subtitles|captions' actual=${kind}`;
      return refusedTrack('invalidKind', text);
    }
    const lang = parameters.text('lang');
    if (lang === '') return refusedTrack('paramError', 'Missing param lang.');
    if (!isLanguage(lang)) return refusedTrack('invalidLang', `Malformed lang param, received=${lang}`);
    const file = body.multipart.get('file');
    if (!file || file.bytes === 0)
      return refusedTrack('empty_uploaded_text_track', 'Empty uploaded text track.');
    const href = `${context.origin}/captions/${recordId}/${kind}_${lang}.vtt`;
    const label = parameters.text('label') || lang;
    const track = { kind, lang, label, href, bytes: file.bytes, sha256: file.sha256 };
    const others = recording.tracks.filter((other) => other.kind !== kind || other.lang !== lang);
    context.recordings.save({ ...recording, tracks: [...others, track] });
    return jsonAnswer({
      messageKey: 'upload_text_track_success',
      message: 'Text track uploaded successfully',
      recordId,
      returncode: 'SUCCESS',
    });
  },
};

function refusedTrack(messageKey: string, message: string): SimAnswer {
  return jsonAnswer({ returncode: 'FAILED', messageKey, message });
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
