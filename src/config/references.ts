import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describeSystemError, isMapping } from './read-config-file.js';

/** The variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where `${VAR}` (nowhere: it stays as it is) and `…File` are looked up; relative paths start at `directory`. */
export interface ReferenceContext {
  readonly env: Environment | undefined;
  readonly directory: string;
}

/** Thrown for a reference that leads nowhere; the message names it and says why. */
export class BrokenReferenceError extends Error {
  override readonly name = 'BrokenReferenceError';
}

/** Replaces each `${VAR}` by the variable; `$${` stands for a plain `${`. Throws BrokenReferenceError. */
export function expandVariables(text: string, env: Environment): string {
  return text.replace(/\$?\$\{([^}]*)\}/g, (match: string, name: string) => {
    if (match.startsWith('$$')) return match.slice(1);
    const value = env[name];
    if (value === undefined || value === '') {
      throw new BrokenReferenceError(`the environment variable ${name} of \${${name}} is not set`);
    }
    return value;
  });
}

/** The text of a file that holds secrets. Throws BrokenReferenceError. */
export function readSecretText(path: string, directory: string): string {
  try {
    return readFileSync(resolve(directory, path), 'utf8');
  } catch (error) {
    const message = `the file ${path} cannot be read: ${describeSystemError(error)}`;
    throw new BrokenReferenceError(message, { cause: error });
  }
}

/** The lines of a file of secrets, without blank ones. Throws BrokenReferenceError. */
export function readSecretLines(path: string, directory: string): readonly string[] {
  const lines = readSecretText(path, directory)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length === 0) throw new BrokenReferenceError(`the file ${path} is empty`);
  return lines;
}

/** The one secret in a file. Throws BrokenReferenceError. */
export function readSecret(path: string, directory: string): string {
  const [secret, ...more] = readSecretLines(path, directory);
  if (secret === undefined || more.length > 0) {
    throw new BrokenReferenceError(`the file ${path} must hold one line`);
  }
  return secret;
}

/**
 * A copy of a value with each `${VAR}` replaced, and each `…File` key of its mappings by the content of that file
 * (`tokenFile` becomes `token`). Throws BrokenReferenceError.
 */
export function resolveReferences(value: unknown, context: ReferenceContext): unknown {
  if (typeof value === 'string')
    return context.env === undefined ? value : expandVariables(value, context.env);
  if (Array.isArray(value)) return value.map((item) => resolveReferences(item, context));
  if (!isMapping(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const resolved = resolveReferences(member, context);
      if (!key.endsWith('File') || typeof resolved !== 'string') return [key, resolved];
      const name = key.slice(0, -4);
      if (name in value) throw new BrokenReferenceError(`give either ${name} or ${key}, not both`);
      return [name, readSecret(resolved, context.directory)];
    }),
  );
}
