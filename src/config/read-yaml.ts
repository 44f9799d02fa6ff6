import type { Document } from 'yaml';

/** What a YAML document holds, or what is wrong with it. */
export type YamlValue = { readonly value: unknown } | { readonly faults: readonly string[] };

/** The value of a parsed document. Faults say what and where but quote nothing: the text may be a secret. */
export function readYaml(document: Document.Parsed): YamlValue {
  if (document.errors.length > 0)
    return { faults: document.errors.map(({ message }) => withoutQuote(message)) };
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    const isUnresolved = error instanceof Error && error.message.startsWith('Unresolved alias');
    return {
      faults: [
        isUnresolved ? 'a text that begins with * must be in quotes (it names an alias)' : 'too many aliases',
      ],
    };
  }
}

/** Of a pretty error the first line; what it adds after `: ` is a piece of the text. */
function withoutQuote(message: string): string {
  const [line = ''] = message.split('\n', 1);
  return line.replace(/:$/, '').replace(/: ".*"(?= at line \d|$)/, '');
}
