import { MalformedAnswer } from '../bbb/malformed-answer.js';
import { nextChild, textOf, type ScannedElement } from '../bbb/xml-scan.js';

/** Names of elements that every XML reader of a front end takes; metadata of other names are not shown. */
export const ELEMENT_NAME = /^[a-z_][a-z0-9._-]*$/i;

/** The next element before `to`; `undefined` where none follows. Throws MalformedAnswer where the text is cut or broken. */
export function childAt(xml: string, at: number, to = xml.length): ScannedElement | undefined {
  const child = nextChild(xml, at);
  if (child === 'end') return undefined;
  if (child !== 'broken') return child;
  // Blanks behind the last child of a list that ends here are no cut.
  if (xml.slice(at, to).trim() === '') return undefined;
  throw cutAt(at);
}

/** What is thrown for text that is cut or broken near this character. */
export function cutAt(at: number): MalformedAnswer {
  return new MalformedAnswer(`the answer is cut or broken near byte ${at}`);
}

/** Children of a range of latin1 text. Throws MalformedAnswer where the text is cut or broken. */
export function childrenOf(xml: string, from: number, to: number): readonly ScannedElement[] {
  const found: ScannedElement[] = [];
  let at = from;
  while (at < to) {
    const child = childAt(xml, at, to);
    if (child === undefined) break;
    found.push(child);
    at = child.end;
  }
  return found;
}

/** Decoded text of the first of the fields that has this name; empty when there is none. */
export function fieldText(xml: string, fields: readonly ScannedElement[], name: string): string {
  const field = fields.find((candidate) => candidate.name === name);
  return field === undefined ? '' : (textOf(xml, field) ?? '').trim();
}

/** Children of the first of the fields that has this name; none where it is not there. */
export function fieldChildren(
  xml: string,
  fields: readonly ScannedElement[],
  name: string,
): readonly ScannedElement[] {
  const field = fields.find((candidate) => candidate.name === name);
  return field === undefined ? [] : childrenOf(xml, field.contentStart, field.contentEnd);
}
