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
  const errors = JSON.stringify([{ message: error.message, key: error.messageKey }]);
  target.search += `${target.search === '' ? '?' : '&'}errors=${encodeURIComponent(errors)}`;
  return { status: 302, body: '', headers: { Location: target.href }, outcome: 'refused' };
}

function redirectTarget(text: string | undefined): URL | undefined {
  // BBB blanks its %%KEYWORDS%% in these targets.
  const url = URL.parse(text?.replace(/%%[A-Z]+%%/g, '') ?? '');
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url : undefined;
}
