/** What a request to a simulated server is meant for. */
export type SimTarget =
  | { readonly kind: 'control'; readonly path: string }
  /** A call of the API, signed or not; its name as it came. */
  | { readonly kind: 'call'; readonly name: string; readonly query: string }
  /** A page that a browser is sent to. */
  | { readonly kind: 'page' }
  | { readonly kind: 'unknown' };

const VERSION_PATH = /^\/bigbluebutton(?:\/api)?\/?$/;
const CALL_PATH = /^\/bigbluebutton\/api\/(.+?)\/?$/;
const PAGE_PATH = /^\/(html5client|playback)\//;

/** Reads a request's path and query; the version document counts as the call `version`. */
export function simTarget(url: string): SimTarget {
  const question = url.indexOf('?');
  // nginx in front of bbb-web merges slashes.
  const path = (question < 0 ? url : url.slice(0, question)).replace(/\/{2,}/g, '/');
  if (path.startsWith('/sim/')) return { kind: 'control', path };
  const name = VERSION_PATH.test(path) ? 'version' : CALL_PATH.exec(path)?.[1];
  if (name !== undefined) return { kind: 'call', name, query: question < 0 ? '' : url.slice(question + 1) };
  return { kind: PAGE_PATH.test(path) ? 'page' : 'unknown' };
}
