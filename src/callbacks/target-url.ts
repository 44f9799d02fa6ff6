/** Scheme, host and port of a target, what delivery is shared out by; empty for what is no http(s) URL with a host. */
export function originOf(target: string): string {
  return parseTarget(target)?.origin ?? '';
}

/** A target as URL; `undefined` for what is no http(s) URL with a host. */
export function parseTarget(target: string): URL | undefined {
  if (!URL.canParse(target)) return undefined;
  const url = new URL(target);
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '' ? url : undefined;
}

/** A target as people may see it: without credentials and query, which may hold secrets. */
export function shownTarget(target: string): string {
  const url = parseTarget(target);
  return url === undefined ? '(no http address)' : url.origin + url.pathname;
}
