import { escapeRefusedBytes, formDecode, isWellEncodedText, percentEncode } from './percent.js';

const BEYOND_LATIN1 = /[\u0100-\uffff]/;
const BEYOND_PRINTABLE = /[^\x21-\x7e]/;
// eslint-disable-next-line no-control-regex -- BBB takes them out of every name
const CONTROLS = /[\x00-\x1f\x7f-\x9f]/g;

/**
 * The parameters of a query as they came: order, repeats, empties and encodings are kept, values are decoded only when
 * asked for. Immutable; every change makes a new one.
 */
export class RawQuery {
  readonly #parts: readonly string[];
  /** Decoded name, as BBB reads it → positions in `#parts`. Made on first use: a query that is only passed on is never decoded. */
  #positions: Map<string, number[]> | undefined;

  private constructor(parts: readonly string[]) {
    this.#parts = parts;
  }

  /** Reads latin1 text of the received bytes (`req.url` after `?`, or a form body). Never throws. */
  static parse(raw: string): RawQuery {
    const bytes = BEYOND_LATIN1.test(raw) ? Buffer.from(raw, 'utf8').toString('latin1') : raw;
    return new RawQuery(bytes === '' ? [] : bytes.split('&'));
  }

  /** The first value of a parameter, form-decoded as UTF-8: `+` and `%20` are blanks. */
  get(name: string): string | undefined {
    const first = this.#index().get(name)?.[0];
    return first === undefined ? undefined : this.#valueAt(first);
  }

  /** All values of a parameter, in their order. */
  getAll(name: string): string[] {
    return (this.#index().get(name) ?? []).map((position) => this.#valueAt(position));
  }

  has(name: string): boolean {
    return this.#index().has(name);
  }

  /** The decoded names, each once, in the order of their first occurrence. */
  names(): string[] {
    return [...this.#index().keys()];
  }

  /** False if a value of the parameter has broken percent-encoding or is no valid UTF-8. */
  isWellEncoded(name: string): boolean {
    const positions = this.#index().get(name) ?? [];
    return positions.every((position) => isWellEncodedText(rawValue(this.#part(position))));
  }

  /** Sets every occurrence of a parameter, each in its place; appends it when there is none. */
  with(name: string, value: string): RawQuery {
    if (!this.has(name)) return this.append(name, value);
    return this.mapValues(name, () => value);
  }

  /** Changes each value of a parameter in its place; a value that stays the same keeps its encoding. */
  mapValues(name: string, change: (value: string) => string): RawQuery {
    let parts: string[] | undefined;
    for (const position of this.#index().get(name) ?? []) {
      const value = this.#valueAt(position);
      const changed = change(value);
      if (changed === value) continue;
      parts ??= [...this.#parts];
      parts[position] = `${rawName(this.#part(position))}=${percentEncode(changed)}`;
    }
    return parts === undefined ? this : new RawQuery(parts);
  }

  /** Leaves out every occurrence of the parameters, found by their decoded names. */
  without(...names: readonly string[]): RawQuery {
    const left = new Set(names.flatMap((name) => this.#index().get(name) ?? []));
    return left.size === 0 ? this : new RawQuery(this.#parts.filter((_, position) => !left.has(position)));
  }

  append(name: string, value: string): RawQuery {
    return new RawQuery([...this.#parts, `${percentEncode(name)}=${percentEncode(value)}`]);
  }

  /** The query for the wire: as it came, but bytes that Tomcat refuses raw are percent-encoded. Sign this text. */
  toString(): string {
    return escapeRefusedBytes(this.#parts.join('&'));
  }

  #part(position: number): string {
    return this.#parts[position] ?? '';
  }

  #valueAt(position: number): string {
    return formDecode(rawValue(this.#part(position)));
  }

  #index(): Map<string, number[]> {
    if (this.#positions !== undefined) return this.#positions;
    const positions = new Map<string, number[]>();
    this.#parts.forEach((part, position) => {
      // `&&` and a leading `&` are printed again but are no parameters.
      if (part === '') return;
      const name = nameOf(part);
      const known = positions.get(name);
      if (known === undefined) positions.set(name, [position]);
      else known.push(position);
    });
    this.#positions = positions;
    return positions;
  }
}

/** A name as BBB reads it, without controls and outer blanks: else `%00meetingID` would be a meetingID only there. */
function nameOf(part: string): string {
  const name = formDecode(rawName(part));
  return BEYOND_PRINTABLE.test(name) ? name.replace(CONTROLS, '').trim() : name;
}

function rawName(part: string): string {
  const equals = part.indexOf('=');
  return equals === -1 ? part : part.slice(0, equals);
}

function rawValue(part: string): string {
  const equals = part.indexOf('=');
  return equals === -1 ? '' : part.slice(equals + 1);
}
