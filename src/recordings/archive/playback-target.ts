import { FORMAT_NAME, RECORD_ID } from './archived-recording.js';

/** What an address of the archive asks for. */
export type PlaybackTarget = {
  /** From `/t/<tenant>/…`; `undefined`: the host decides. */
  readonly tenantId: string | undefined;
  readonly recordId: string;
  readonly format: string;
} & (
  | {
      readonly kind: 'file';
      /** Decoded, below the format's folder, without a slash in front. */ readonly path: string;
    }
  /** The link of a protected recording. */
  | { readonly kind: 'link'; readonly token: string | undefined }
  /** An address of an older or another player, and where it is now. */
  | { readonly kind: 'moved'; readonly location: string }
);

const TENANT = /^\/t\/([A-Za-z0-9._-]{1,64})(?=\/)/;

/** Formats whose pages lie among their own files, while BBB's links point below /playback or /recording. */
const OWN_PAGE = /^\/(?:playback|recording)\/([a-z][a-z0-9_-]*)\/([0-9a-f]{40}-\d+)(\/.*)?$/;
const OLD_PLAYER = /^\/playback\/presentation\/[\w.]+\/playback\.html$/;

/** Reads a request target (`req.url`). `undefined` when it is none of the archive's. */
export function readPlaybackTarget(url: string): PlaybackTarget | undefined {
  const queryAt = url.indexOf('?');
  const whole = queryAt < 0 ? url : url.slice(0, queryAt);
  const query = new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1));
  const tenantId = TENANT.exec(whole)?.[1];
  const prefix = tenantId === undefined ? '' : `/t/${tenantId}`;
  const path = whole.slice(prefix.length);
  return movedTarget(path, query, prefix, tenantId) ?? ownTarget(path, query, tenantId);
}

function ownTarget(
  path: string,
  query: URLSearchParams,
  tenantId: string | undefined,
): PlaybackTarget | undefined {
  const [empty, first = '', second = '', ...rest] = path.split('/');
  if (empty !== '') return undefined;
  if (first === 'recording') {
    const [format = '', ...more] = rest;
    if (!RECORD_ID.test(second) || !FORMAT_NAME.test(format) || more.join('') !== '') return undefined;
    return { kind: 'link', tenantId, recordId: second, format, token: query.get('token') ?? undefined };
  }
  if (!FORMAT_NAME.test(first) || !RECORD_ID.test(second)) return undefined;
  const decoded = decode(rest.join('/'));
  // What cannot be decoded is the archive's all the same, and not there.
  return { kind: 'file', tenantId, recordId: second, format: first, path: decoded ?? '\0' };
}

function movedTarget(
  path: string,
  query: URLSearchParams,
  prefix: string,
  tenantId: string | undefined,
): PlaybackTarget | undefined {
  const own = OWN_PAGE.exec(path);
  const [, format = '', recordId = '', rest] = own ?? [];
  if (own !== null && format !== 'presentation') {
    return {
      kind: 'moved',
      tenantId,
      recordId,
      format,
      location: `${prefix}/${format}/${recordId}${rest ?? '/'}`,
    };
  }
  if (!OLD_PLAYER.test(path)) return undefined;
  const meetingId = query.get('meetingId') ?? '';
  if (!RECORD_ID.test(meetingId)) return undefined;
  const location = `${prefix}/playback/presentation/2.3/${meetingId}`;
  return { kind: 'moved', tenantId, recordId: meetingId, format: 'presentation', location };
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
