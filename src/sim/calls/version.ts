import { line, response } from '../xml.js';
import { type SimAnswer, xmlAnswer } from './sim-call.js';

/** The version document (2.4 to 2.7 form): never an error; JSON only for exactly `Content-Type: application/json`. */
export function versionAnswer(contentType: string | undefined): SimAnswer {
  const headers = { 'Cache-Control': 'no-cache' };
  if (contentType === 'application/json') {
    const content = { returncode: 'SUCCESS', version: '2.0', apiVersion: '2.0', bbbVersion: '' };
    return {
      status: 200,
      headers: { ...headers, 'Content-Type': 'application/json;charset=utf-8' },
      body: JSON.stringify({ response: content }, null, 2),
    };
  }
  const answer = xmlAnswer(
    response('SUCCESS', `${line('version', '2.0')}${line('apiVersion', '2.0')}<bbbVersion/>\n`),
  );
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
