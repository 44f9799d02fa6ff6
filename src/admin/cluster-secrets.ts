import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where secrets named in a document may come from: a file applied by the process itself, or nowhere (over HTTP). */
export type SecretSource =
  | {
      readonly kind: 'file';
      readonly directory: string;
      readonly env: Readonly<Record<string, string | undefined>>;
    }
  | { readonly kind: 'request' };

const REMOTE = 'only when the file is applied by "ballast serve --apply"; write the secret itself here';

/** Replaces each `${VAR}` by the environment's value. Throws an Error saying what to do. */
export function expandSecret(text: string, source: SecretSource): string {
  return text.replace(/\$\{([^}]*)\}/g, (_whole, name: string) => {
    if (source.kind === 'request') throw new Error(`\${${name}} is read ${REMOTE}`);
    const value = source.env[name];
    if (value === undefined || value === '') throw new Error(`the environment has no ${name}`);
    return value;
  });
}

/** Reads the lines of a file of secrets, blank ones dropped. Throws an Error naming the file. */
export function readSecretLines(path: string, source: SecretSource): string[] {
  if (source.kind === 'request') throw new Error(`a file of secrets is read ${REMOTE}`);
  const full = resolve(source.directory, path);
  let text: string;
  try {
    text = readFileSync(full, 'utf8');
  } catch (error) {
    throw new Error(`${full} cannot be read`, { cause: error });
  }
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) throw new Error(`${full} is empty`);
  return lines;
}
