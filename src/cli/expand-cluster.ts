import { parseAllDocuments } from 'yaml';
import {
  readSecret,
  readSecretLines,
  resolveReferences,
  type ReferenceContext,
} from '../config/references.js';
import { isMapping } from '../config/read-config-file.js';
import { readYaml } from '../config/read-yaml.js';

/**
 * A cluster file as it is sent to a balancer elsewhere: `${VAR}` and `…File` in its secrets are read here, where the file is.
 * Text without any of them, or that is no YAML, is returned as it is. Throws BrokenReferenceError.
 */
export function expandCluster(text: string, context: ReferenceContext): string {
  if (!/\$\{|secrets?File/.test(text)) return text;
  const parsed = parseAllDocuments(text);
  const documents = Array.isArray(parsed) ? parsed : [];
  const values: unknown[] = [];
  for (const document of documents) {
    const read = readYaml(document);
    // The balancer tells what is wrong, with the document's number.
    if ('faults' in read) return text;
    values.push(...(Array.isArray(read.value) ? (read.value as unknown[]) : [read.value]));
  }
  return JSON.stringify(
    values.filter((value) => value !== null).map((value) => expandDocument(value, context)),
  );
}

function expandDocument(value: unknown, context: ReferenceContext): unknown {
  if (!isMapping(value)) return value;
  const { secret, secretFile, secrets, secretsFile, ...rest } = value;
  const path = (given: unknown): string => String(resolveReferences(given, context));
  const literal = (given: unknown): unknown => asLiteral(resolveReferences(given, context));
  return {
    ...rest,
    ...(secret === undefined ? {} : { secret: literal(secret) }),
    ...(secretFile === undefined
      ? {}
      : { secret: asLiteral(readSecret(path(secretFile), context.directory)) }),
    ...(secrets === undefined ? {} : { secrets: literal(secrets) }),
    ...(secretsFile === undefined
      ? {}
      : { secrets: asLiteral(readSecretLines(path(secretsFile), context.directory)) }),
  };
}

/** The balancer reads `${` as a reference as well: what stands in a secret goes to it as `$${`. */
function asLiteral(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asLiteral);
  return typeof value === 'string' ? value.replaceAll('${', '$$${') : value;
}
