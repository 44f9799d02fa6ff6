import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import send from 'send';
import type { Logger } from '../../log.js';
import { isMissing, type ArchiveFolders } from './archive-folders.js';
import type { ArchivedRecording } from './archived-recording.js';
import type { PlaybackKeys } from './playback-keys.js';
import { readPlaybackTarget, type PlaybackTarget } from './playback-target.js';

export interface PlaybackDeps {
  readonly find: (recordId: string) => Promise<ArchivedRecording | undefined>;
  readonly folders: ArchiveFolders;
  readonly keys: PlaybackKeys;
  /** Whether a recording of this tenant may be played at the address that was asked. */
  readonly isTenantsAddress: (
    request: IncomingMessage,
    pathTenant: string | undefined,
    tenantId: string,
  ) => boolean;
  readonly isHttps: (request: IncomingMessage) => boolean;
  /** What a proxy in front has taken off paths; empty, or without a slash at its end. */
  readonly basePath: string;
  readonly cookieLifetimeMs: number;
  /** nginx in front sends the files: prefix of its internal location. */
  readonly accelRedirect: string | undefined;
  readonly logger: Logger;
}

/** What is open to all may lie in caches for as long as an unpublished one may still be seen. */
const OPEN_CACHE = 'public, max-age=300';
const PROTECTED_CACHE = 'private, no-cache';
const NOT_THERE = 'There is no such recording, or it is not published.\n';

/**
 * Serves the files of published recordings. What is unknown, unpublished, of another tenant or protected looks alike: 404.
 * `false` when a request is none of the archive's.
 */
export function createPlayback(deps: PlaybackDeps) {
  return (request: IncomingMessage, response: ServerResponse, requestId: string): boolean => {
    const target = readPlaybackTarget(request.url ?? '');
    if (target === undefined) return false;
    response.setHeader('X-Request-Id', requestId);
    serve(target, request, response, deps).catch((error: unknown) => {
      deps.logger.error('a recording could not be served', { requestId, recordId: target.recordId, error });
      if (!response.headersSent) response.writeHead(500, { 'Cache-Control': 'no-store' });
      response.end();
    });
    return true;
  };
}

async function serve(
  target: PlaybackTarget,
  request: IncomingMessage,
  response: ServerResponse,
  deps: PlaybackDeps,
): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const recording = await deps.find(target.recordId);
  const format = recording?.formats.find((candidate) => candidate.format === target.format);
  if (
    recording === undefined ||
    format === undefined ||
    !recording.isPublished ||
    !deps.isTenantsAddress(request, target.tenantId, recording.tenantId)
  ) {
    notThere(response);
    return;
  }
  if (target.kind === 'moved') {
    redirect(response, deps.basePath + target.location);
    return;
  }
  const prefix = target.tenantId === undefined ? '' : `/t/${target.tenantId}`;
  if (target.kind === 'link') {
    // The players below /playback are the site's, and ask for files without the tenant's prefix.
    const at = format.link.startsWith('/playback/') ? '' : prefix;
    // Two slashes in front would be another host's address.
    const player = `${deps.basePath}${at}${format.link.replace(/^\/+/, '/')}`;
    openLink(target, recording, player, { request, response, deps, prefix: at });
    return;
  }
  if (recording.isProtected && !mayPlay(request, recording, target.format, deps.keys)) {
    notThere(response);
    return;
  }
  await serveFile(target.path, recording, target.format, { request, response, deps });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly deps: PlaybackDeps;
}

/** A right token becomes a cookie, which opens this format of this recording and nothing else. */
function openLink(
  { token, format }: Extract<PlaybackTarget, { kind: 'link' }>,
  { tenantId, recordId, isProtected }: ArchivedRecording,
  player: string,
  { request, response, deps, prefix }: Exchange & { readonly prefix: string },
): void {
  const { keys, isHttps, basePath, cookieLifetimeMs } = deps;
  const grant = { tenantId, recordId, format };
  if (isProtected) {
    if (!keys.isValid(token, { ...grant, purpose: 'link' })) {
      notThere(response);
      return;
    }
    const value = keys.sign({ ...grant, purpose: 'cookie' }, cookieLifetimeMs);
    // Players stand in frames of front ends: a cookie of a third party, which browsers only send when it says so.
    const site = isHttps(request) ? 'Secure; SameSite=None' : 'SameSite=Lax';
    const maxAge = Math.floor(cookieLifetimeMs / 1000);
    response.setHeader(
      'Set-Cookie',
      `${cookieName(recordId, format)}=${value}; Path=${basePath}${prefix}/${format}/${recordId}; Max-Age=${maxAge}; HttpOnly; ${site}`,
    );
    response.setHeader('Referrer-Policy', 'no-referrer');
  }
  redirect(response, player);
}

function mayPlay(
  request: IncomingMessage,
  { tenantId, recordId }: ArchivedRecording,
  format: string,
  keys: PlaybackKeys,
): boolean {
  const name = `${cookieName(recordId, format)}=`;
  const cookies = (request.headers.cookie ?? '').split(';').map((part) => part.trim());
  // Two of one name (of two paths) may come: one that holds is enough.
  return cookies.some(
    (cookie) =>
      cookie.startsWith(name) &&
      keys.isValid(cookie.slice(name.length), { purpose: 'cookie', tenantId, recordId, format }),
  );
}

async function serveFile(
  asked: string,
  recording: ArchivedRecording,
  format: string,
  { request, response, deps }: Exchange,
): Promise<void> {
  const { folders, accelRedirect } = deps;
  const root = folders.format(true, format, recording.recordId);
  let path = asked;
  let found = await findWithin(root, path);
  if (found === 'folder') {
    const url = (request.url ?? '').split('?', 1)[0] ?? '';
    // A page's own links are relative to its folder.
    if (!url.endsWith('/')) {
      redirect(response, `${deps.basePath}${url}/`);
      return;
    }
    path = join(path, 'index.html');
    found = await findWithin(root, path);
  }
  if (found !== 'file') {
    notThere(response);
    return;
  }
  response.setHeader('Cache-Control', recording.isProtected ? PROTECTED_CACHE : OPEN_CACHE);
  // A picture needs no scripts; one that was opened by itself would run them as this site.
  if (/\.svgz?$/i.test(path)) response.setHeader('Content-Security-Policy', "script-src 'none'");
  if (accelRedirect !== undefined) {
    const location = [
      accelRedirect.replace(/\/+$/, ''),
      format,
      recording.recordId,
      ...path.split('/').map(encodeURIComponent),
    ];
    response.setHeader('X-Accel-Redirect', location.join('/'));
    response.end();
    return;
  }
  const encoded = `/${path.split('/').map(encodeURIComponent).join('/')}`;
  const stream = send(request, encoded, {
    root,
    index: false,
    dotfiles: 'ignore',
    cacheControl: false,
  });
  stream.on('error', (error: { readonly status?: number; readonly headers?: Record<string, string> }) => {
    if (error.status === 416)
      response.writeHead(416, { ...error.headers, 'Cache-Control': 'no-store' }).end();
    else notThere(response);
  });
  stream.pipe(response);
}

/** What lies at a path below the folder; `undefined` when nothing does, or a link leads out. */
async function findWithin(root: string, path: string): Promise<'file' | 'folder' | undefined> {
  if (path.includes('\0') || path.split('/').some((part) => part.startsWith('.'))) return undefined;
  try {
    const [real, base] = await Promise.all([realpath(join(root, path)), realpath(root)]);
    if (real !== base && !real.startsWith(base + sep)) return undefined;
    const found = await stat(real);
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : undefined;
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'ENAMETOOLONG'))
      return undefined;
    throw error;
  }
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(302, { Location: location, 'Cache-Control': 'no-store' }).end();
}

function notThere(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of ['Content-Security-Policy', 'Set-Cookie', 'ETag', 'Last-Modified'])
    response.removeHeader(name);
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(NOT_THERE);
}

function cookieName(recordId: string, format: string): string {
  return `ballast_${format}_${recordId}`;
}
