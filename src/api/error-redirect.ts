import type { BbbError } from '../bbb/error.js';
import type { RawQuery } from '../bbb/raw-query.js';
import type { CallAnswer } from './call-definition.js';
import { refusalAnswer } from './write-answer.js';

/**
 * How BBB refuses a join: a redirect to `errorRedirectUrl`, else `logoutURL`, with `errors=` as JSON (Moodle shows
 * the messages there). Without a usable target the refusal is XML. Only for calls whose checksum was right, since anyone
 * could otherwise make links through us to anywhere.
 */
export function errorRedirect(query: RawQuery, error: BbbError): CallAnswer {
  const target = redirectTarget(query.get('errorRedirectUrl')) ?? redirectTarget(query.get('logoutURL'));
  if (target === undefined) return refusalAnswer(error, 'xml');
  const { message, messageKey } = error;
  const errors = JSON.stringify([{ message, key: messageKey }]);
  target.search += `${target.search === '' ? '?' : '&'}errors=${encodeURIComponent(errors)}`;
  return { status: 302, body: '', headers: { Location: target.href }, outcome: 'refused', messageKey };
}

/** The key of the first error that a redirect of BBB tells, '' where it tells one without; `undefined`: it tells none. */
export function redirectedError(location: string): string | undefined {
  // The target may be relative; only its query counts.
  const told = URL.parse(location, 'http://bbb/')?.searchParams.get('errors');
  if (told === null || told === undefined) return undefined;
  return /"key"\s*:\s*"([^"]{0,100})"/.exec(told)?.[1] ?? '';
}

function redirectTarget(text: string | undefined): URL | undefined {
  // BBB blanks its %%KEYWORDS%% in these targets.
  const url = URL.parse(text?.replace(/%%[A-Z]+%%/g, '') ?? '');
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined;
}
