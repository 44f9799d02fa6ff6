import { expandVariables, readSecretLines } from '../config/references.js';

/** Where secrets named in a document may come from: a file applied by the process itself, or nowhere (over HTTP). */
export type SecretSource =
  | {
      readonly kind: 'file';
      readonly directory: string;
      readonly env: Readonly<Record<string, string | undefined>>;
    }
  | { readonly kind: 'request' };

const REMOTE = 'only by `ballast apply` and `ballast serve --apply`; write the secret itself here';

/** Replaces each `${VAR}` by the environment's value; `$${` stands for a plain `${`. Throws an Error saying what to do. */
export function expandSecret(text: string, source: SecretSource): string {
  if (source.kind === 'file') return expandVariables(text, source.env);
  return text.replace(/\$?\$\{([^}]*)\}/g, (match: string, name: string) => {
    if (match.startsWith('$$')) return match.slice(1);
    throw new Error(`\${${name}} is read ${REMOTE}`);
  });
}

/** Reads the lines of a file of secrets, blank ones dropped. Throws an Error naming the file. */
export function readSecretFile(path: string, source: SecretSource): readonly string[] {
  if (source.kind === 'request') throw new Error(`a file of secrets is read ${REMOTE}`);
  return readSecretLines(path, source.directory);
}
