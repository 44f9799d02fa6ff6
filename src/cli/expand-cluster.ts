import { parseAllDocuments } from 'yaml';
import {
  readSecret,
  readSecretLines,
  resolveReferences,
  type ReferenceContext,
} from '../config/references.js';
import { isMapping } from '../config/read-config-file.js';

/**
 * A cluster file as it is sent to a balancer elsewhere: `${VAR}` and `…File` in its secrets are read here, where the file is.
 * Text without any of them, or that is no YAML, is returned as it is. Throws BrokenReferenceError.
 */
export function expandCluster(text: string, context: ReferenceContext): string {
  if (!/\$\{|secrets?File/.test(text)) return text;
  const parsed = parseAllDocuments(text);
  const documents = Array.isArray(parsed) ? parsed : [];
  // The balancer tells what is wrong, with the document's number.
  if (documents.some((document) => document.errors.length > 0)) return text;
  const values = documents.flatMap((document) => document.toJS({ maxAliasCount: 100 }) as unknown);
  return JSON.stringify(
    values.filter((value) => value !== null).map((value) => expandDocument(value, context)),
  );
}

function expandDocument(value: unknown, context: ReferenceContext): unknown {
  if (!isMapping(value)) return value;
  const { secret, secretFile, secrets, secretsFile, ...rest } = value;
  const path = (given: unknown): string => String(resolveReferences(given, context));
  return {
    ...rest,
    ...(secret === undefined ? {} : { secret: resolveReferences(secret, context) }),
    ...(secretFile === undefined ? {} : { secret: readSecret(path(secretFile), context.directory) }),
    ...(secrets === undefined ? {} : { secrets: resolveReferences(secrets, context) }),
    ...(secretsFile === undefined ? {} : { secrets: readSecretLines(path(secretsFile), context.directory) }),
  };
}
