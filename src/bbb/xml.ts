import { Parser } from 'xml2js';
import { MalformedAnswer } from './malformed-answer.js';

/** One element of a small document: its own text (empty when only blanks), children in their order. */
export class XmlElement {
  constructor(
    readonly name: string,
    readonly attributes: Readonly<Record<string, string>>,
    readonly children: readonly XmlElement[],
    readonly value: string,
  ) {}

  /** The first child of this name. */
  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name);
  }

  /** All children of this name: none, one or many, always a list. */
  all(name: string): readonly XmlElement[] {
    return this.children.filter((child) => child.name === name);
  }

  /** Text of the first child of this name; `undefined` when there is none, empty when it is empty. */
  text(name: string): string | undefined {
    return this.child(name)?.value;
  }
}

const MAX_DEPTH = 64;
const DECLARATION = /<!(?!--|\[CDATA\[)/;
// Element names become keys of objects inside xml2js; the prefix keeps `_`, `$` and `cdata` from clashing with its own.
const PREFIX = 'e:';

/**
 * Parses a small document. Throws MalformedAnswer for what is no whole XML, is larger than `maxBytes`, deeper than 64
 * elements, or has a DTD or entity declaration. For long lists of meetings take `parsePollAnswer`.
 */
export function parseXml(bytes: Buffer | string, maxBytes: number): XmlElement {
  const size = typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
  if (size > maxBytes) throw new MalformedAnswer(`the document is longer than ${maxBytes} bytes`);
  const text = bytes.toString().replace(/^\ufeff/, '');
  if (DECLARATION.test(text)) throw new MalformedAnswer('the document has a DTD or declares entities');
  return toElement(parseDocument(text));
}

/** What xml2js makes of an element with the options below. */
interface ParsedNode {
  readonly '#name': string;
  readonly $?: Record<string, string>;
  readonly $$?: readonly ParsedNode[];
  readonly _?: string;
}

function parseDocument(text: string): ParsedNode {
  const parser = new Parser({
    explicitRoot: false,
    explicitChildren: true,
    preserveChildrenOrder: true,
    tagNameProcessors: [(name) => PREFIX + name],
  });
  const roots: ParsedNode[] = [];
  const errors: unknown[] = [];
  // Its callback would hear of the first root only; a second one is no XML.
  parser.on('end', (root: ParsedNode | null) => {
    if (root !== null) roots.push(root);
  });
  parser.on('error', (error: unknown) => errors.push(error));
  try {
    parser.parseString(text);
  } catch (error) {
    errors.push(error);
  }
  const [root] = roots;
  if (root === undefined || roots.length > 1 || errors.length > 0) {
    throw new MalformedAnswer('the document is no well-formed XML', { cause: errors[0] });
  }
  return root;
}

function toElement(node: ParsedNode, depth = 1): XmlElement {
  if (depth > MAX_DEPTH) throw new MalformedAnswer(`the document is deeper than ${MAX_DEPTH} elements`);
  const children = (node.$$ ?? []).map((child) => toElement(child, depth + 1));
  return new XmlElement(node['#name'].slice(PREFIX.length), node.$ ?? {}, children, node._ ?? '');
}
