import { createHash, timingSafeEqual } from 'node:crypto';

/** `query` with its SHA-256 checksum, as a front end or a balancer signs it. */
export function signCall(call: string, query: string, secret: string): string {
  const checksum = createHash('sha256')
    .update(call + query + secret)
    .digest('hex');
  return `${query}${query === '' ? '' : '&'}checksum=${checksum}`;
}

/** The query without its checksum, or `undefined` when that is wrong: the least a proxy must do with each call. */
export function checkCall(call: string, signed: string, secret: string): string | undefined {
  const at = signed.indexOf('checksum=');
  if (at < 0) return undefined;
  const end = signed.indexOf('&', at);
  const given = signed.slice(at + 9, end < 0 ? undefined : end);
  const query =
    end < 0 ? signed.slice(0, Math.max(0, at - 1)) : `${signed.slice(0, at)}${signed.slice(end + 1)}`;
  const wanted = createHash('sha256')
    .update(call + query + secret)
    .digest();
  const bytes = Buffer.from(given, 'hex');
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted) ? query : undefined;
}

/** Splits `/bigbluebutton/api/CALL?QUERY`. */
export function splitUrl(url: string): { call: string; query: string } {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return { call: path.slice('/bigbluebutton/api/'.length), query: mark < 0 ? '' : url.slice(mark + 1) };
}
