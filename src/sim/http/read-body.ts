import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { SaxesParser } from 'saxes';
import type { SimDocument } from '../state/sim-meeting.js';
import { MultipartReader, type ReceivedPart } from './multipart-reader.js';

/** What a request brought along. The bytes themselves are counted and hashed, not kept. */
export interface ReceivedBody {
  readonly bytes: number;
  /** Hex; of the empty string when there was no body. */
  readonly sha256: string;
  /** As sent; `undefined` when absent. */
  readonly contentType: string | undefined;
  /** Whether a Content-Length above 0 was given: bbb-web looks at the content type only then. */
  readonly hasLength: boolean;
  /** A form body as it came (latin1); empty for every other type. */
  readonly form: string;
  /** Fields and files of a multipart body by name, the last of each. */
  readonly multipart: ReadonlyMap<string, ReceivedPart>;
  /** What an XML body holds; `undefined` when there was none. */
  readonly modules: ReceivedModules | 'malformed' | undefined;
}

/** The presentation module of an XML body. */
export interface ReceivedModules {
  readonly hasPresentation: boolean;
  readonly documents: readonly SimDocument[];
}

/** Tomcat's own limit for form bodies. */
const MAX_HELD_BYTES = 2 * 1024 * 1024;

const EMPTY: ReceivedBody = {
  bytes: 0,
  sha256: createHash('sha256').digest('hex'),
  contentType: undefined,
  hasLength: false,
  form: '',
  multipart: new Map(),
  modules: undefined,
};

/** The value of a request's media type, without parameters and in lower case. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Reads a request's body as it streams in; XML is parsed on the way. Throws when the client breaks off. */
export async function readBody(request: IncomingMessage): Promise<ReceivedBody> {
  const contentType = request.headers['content-type'];
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if ((length === undefined || length === '0') && coding === undefined) return { ...EMPTY, contentType };
  const type = mediaType(contentType);
  const xml = type === 'application/xml' || type === 'text/xml' ? new ModulesReader() : undefined;
  const multipart = MultipartReader.of(contentType);
  const hash = createHash('sha256');
  const held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    if (xml) xml.write(chunk);
    else if (multipart) multipart.write(chunk);
    else if (bytes <= MAX_HELD_BYTES) held.push(chunk);
  }
  return {
    bytes,
    sha256: hash.digest('hex'),
    contentType,
    hasLength: Number(length) > 0,
    form: type === 'application/x-www-form-urlencoded' ? Buffer.concat(held).toString('latin1') : '',
    multipart: new Map(multipart?.end().map((part) => [part.name, part])),
    modules: bytes > 0 ? xml?.end() : undefined,
  };
}

/** Reads `<modules>` without keeping the text of its documents. */
class ModulesReader {
  readonly #parser = new SaxesParser();
  readonly #decoder = new TextDecoder();
  readonly #documents: SimDocument[] = [];
  #module: string | undefined;
  #hasPresentation = false;
  #isMalformed = false;

  constructor() {
    this.#parser.on('error', () => {
      this.#isMalformed = true;
    });
    this.#parser.on('opentag', ({ name, attributes }) => {
      if (name === 'module') this.#module = attributes.name;
      if (name === 'module' && this.#module === 'presentation') this.#hasPresentation = true;
      if (name !== 'document' || this.#module !== 'presentation') return;
      this.#documents.push({ url: attributes.url, name: attributes.name ?? attributes.filename });
    });
  }

  write(chunk: Buffer): void {
    if (!this.#isMalformed) this.#parser.write(this.#decoder.decode(chunk, { stream: true }));
  }

  end(): ReceivedModules | 'malformed' {
    if (!this.#isMalformed) this.#parser.close();
    return this.#isMalformed
      ? 'malformed'
      : { hasPresentation: this.#hasPresentation, documents: this.#documents };
  }
}
