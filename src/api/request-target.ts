/** What the path of a BBB API request says. */
export interface RequestTarget {
  /** From `/t/<tenant>/bigbluebutton/api…`; `undefined` when the host decides. */
  readonly tenantId: string | undefined;
  /** `create`, `hooks/list`, …; empty for the version document. */
  readonly call: string;
  /** The raw query as it came, latin1, without `?`. */
  readonly query: string;
}

const API_PATH = /^(?:\/t\/([A-Za-z0-9._-]{1,64}))?\/bigbluebutton(?:\/api(?:\/(.*))?)?$/;

/**
 * Reads a request target (`req.url`, latin1). `undefined` when it is not the BBB API's. Repeated slashes count as one,
 * as nginx in front of a BBB server makes them; a slash at the end is tolerated.
 */
export function parseRequestTarget(url: string): RequestTarget | undefined {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const clean = path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
  const match = API_PATH.exec(clean.endsWith('/') ? clean.slice(0, -1) : clean);
  if (match === null) return undefined;
  return { tenantId: match[1], call: match[2] ?? '', query: queryAt < 0 ? '' : url.slice(queryAt + 1) };
}
