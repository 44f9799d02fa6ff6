import { escapeXml } from './xml-text.js';

export { escapeXml } from './xml-text.js';

/** Content types as BBB sends them. */
export const XML_CONTENT_TYPE = 'text/xml;charset=utf-8';
export const JSON_CONTENT_TYPE = 'application/json;charset=utf-8';

/** Value of one element: text is escaped, raw XML is put in as it stands, `undefined` leaves the element out. */
export type AnswerField = string | number | boolean | undefined | { readonly rawXml: string };

/** A SUCCESS answer as BBB writes it: one element a line, no declaration, in the order of the fields. */
export function successXml(fields: Readonly<Record<string, AnswerField>> = {}): string {
  return answerXml('SUCCESS', fields);
}

/** A FAILED answer as BBB writes it, to be sent with HTTP 200. */
export function failedXml(messageKey: string, message: string): string {
  return answerXml('FAILED', { messageKey, message });
}

/** A SUCCESS answer of the calls BBB answers in JSON (text tracks, version on request, learning dashboard). */
export function successJson(fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ response: { returncode: 'SUCCESS', ...fields } });
}

/** A FAILED answer of the calls BBB answers in JSON. */
export function failedJson(messageKey: string, message: string): string {
  return JSON.stringify({ response: { returncode: 'FAILED', messageKey, message } });
}

/** One element; an empty text gives `<name/>`, as BBB's templates do for what has no value. */
export function xmlElement(name: string, field: Exclude<AnswerField, undefined>): string {
  const content = typeof field === 'object' ? field.rawXml : escapeXml(String(field));
  return content === '' ? `<${name}/>` : `<${name}>${content}</${name}>`;
}

function answerXml(returnCode: string, fields: Readonly<Record<string, AnswerField>>): string {
  const lines = ['<response>', `<returncode>${returnCode}</returncode>`];
  for (const [name, field] of Object.entries(fields)) {
    if (field !== undefined) lines.push(xmlElement(name, field));
  }
  lines.push('</response>');
  return lines.join('\n');
}
