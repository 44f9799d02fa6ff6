// eslint-disable-next-line no-control-regex -- bbb-web strips exactly these from every name and value.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f]/g;

/** Form-decodes one name or value: `+` is a blank, percent escapes are UTF-8 bytes, broken ones stay as they are. */
export function decodeFormValue(raw: string): string {
  if (!/[%+\u0080-\u00ff]/.test(raw)) return raw;
  const bytes = raw
    .replaceAll('+', ' ')
    .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The parameters of a request as bbb-web sees them: decoded, control characters stripped, trimmed, in order. */
export class Parameters {
  readonly #pairs: readonly (readonly [string, string])[];

  private constructor(pairs: readonly (readonly [string, string])[]) {
    this.#pairs = pairs;
  }

  /** Parses raw query strings or form bodies (latin1 views of their bytes), one after the other. */
  static parse(...sources: readonly string[]): Parameters {
    const pairs: [string, string][] = [];
    for (const piece of sources.flatMap((source) => source.split('&'))) {
      if (piece === '') continue;
      const equals = piece.indexOf('=');
      const name = equals < 0 ? piece : piece.slice(0, equals);
      const value = equals < 0 ? '' : piece.slice(equals + 1);
      pairs.push([clean(decodeFormValue(name)), clean(decodeFormValue(value))]);
    }
    return new Parameters(pairs);
  }

  /** The first value of the name, which may be empty; `undefined` when it is absent. */
  get(name: string): string | undefined {
    return this.#pairs.find(([key]) => key === name)?.[1];
  }

  /** The first value of the name, or an empty string. */
  text(name: string): string {
    return this.get(name) ?? '';
  }

  /** Whether the value is `true` in any case, as Java's parseBoolean reads it. */
  isTrue(name: string): boolean {
    return this.text(name).toLowerCase() === 'true';
  }

  /** The whole number given, or `fallback` when it is absent or garbage. */
  integer(name: string, fallback: number): number {
    const text = this.text(name);
    return /^-?\d{1,15}$/.test(text) ? Number(text) : fallback;
  }

  /** How often the name occurs. */
  count(name: string): number {
    return this.#pairs.filter(([key]) => key === name).length;
  }

  /** What begins with the prefix, prefix dropped, first value of each. */
  withPrefix(prefix: string): Map<string, string> {
    const found = new Map<string, string>();
    for (const [name, value] of this.#pairs) {
      const key = name.slice(prefix.length);
      if (name.startsWith(prefix) && key !== '' && !found.has(key)) found.set(key, value);
    }
    return found;
  }

  /** The canonical string older bbb-web signs when everything came in a form body: names sorted, no checksum. */
  canonical(): string {
    const names = [...new Set(this.#pairs.map(([name]) => name))]
      .filter((name) => name !== 'checksum')
      .sort();
    return names.map((name) => `${name}=${javaUrlEncode(this.text(name))}`).join('&');
  }
}

function clean(text: string): string {
  return text.replace(CONTROL_CHARACTERS, '').trim();
}

/** As Java's URLEncoder: blank is `+`, `* - . _` stay, everything else is percent-encoded in upper case. */
export function javaUrlEncode(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
