import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { ConfigError } from './config-error.js';
import { readYaml } from './read-yaml.js';

/** Reads a YAML or JSON file as one mapping. Throws ConfigError when it cannot be read or is none. */
export function readConfigFile(path: string): Readonly<Record<string, unknown>> {
  const value = parseText(path, readText(path));
  if (value === null || value === undefined) return {};
  if (!isMapping(value)) {
    throw fileError(path, 'the file must hold one mapping of keys, such as `listen: { port: 8080 }`');
  }
  return value;
}

/** True for a mapping of YAML or an object of JSON. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Why a system call failed, in words ("no such file", "permission denied"), else as `fallback`. */
export function describeSystemError(error: unknown, fallback?: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a folder';
  return fallback ?? (error instanceof Error ? error.message : String(error));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(path, `the file cannot be read: ${describeSystemError(error)}`);
  }
}

function parseText(path: string, text: string): unknown {
  // JSON may be indented with tabs, which YAML refuses in places.
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch {
      // It may still be YAML in flow style, and YAML's faults name line and column.
    }
  }
  const read = readYaml(parseDocument(text, { prettyErrors: true }));
  if ('value' in read) return read.value;
  throw fileError(path, `the file is no valid YAML: ${read.faults[0] ?? ''}`);
}

function fileError(path: string, allowed: string): ConfigError {
  return new ConfigError([{ key: 'configuration file', given: path, allowed, origin: 'file' }]);
}
