import { parseAllDocuments } from 'yaml';
import { readYaml } from '../../config/read-yaml.js';
import { CliError } from '../cli-error.js';
import { isMapping } from '../../config/read-config-file.js';

/** One entry of an export, every value as it is written. */
export type ExportEntry = Readonly<Record<string, string>>;

/** The two lists that can be carried over. */
type ExportKey = 'servers' | 'tenants';

const OTHER = { servers: 'tenants', tenants: 'servers' } as const;

/** For a file given in the place of the other. */
export function mixedUp(key: ExportKey): CliError {
  return new CliError(`--${key} looks like the list of ${OTHER[key]}: were the two files mixed up?`);
}

// Tasks of later versions print through Ruby's logger, which puts this before the first line of each message.
const LOG_PREFIX = /^[DIWEFA], \[[^\]]*\]\s+[A-Z]+ -- [^:]*: ?/;

/** The lines of what a rake task printed, without what its logger adds. */
export function exportLines(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => line.replace(LOG_PREFIX, ''));
}

/**
 * The entries of YAML or JSON: a list, or a mapping by ID, alone or below `key`. Values stay text, so that no secret of
 * digits is rounded; those that are empty are left out. Throws CliError, which quotes nothing: the text holds secrets.
 */
export function readEntries(text: string, key: ExportKey): readonly ExportEntry[] {
  const what = `the export of ${key}`;
  const parsed = parseAllDocuments(exportLines(text).join('\n'), { schema: 'failsafe' });
  const [document] = Array.isArray(parsed) ? parsed : [];
  if (document === undefined) throw new CliError(`${what} is empty.`);
  const read = readYaml(document);
  if ('faults' in read) {
    const [first = '', ...others] = read.faults;
    // One fault often brings others after it.
    const more = others.length === 0 ? '' : ` (and ${others.length} more like it)`;
    throw new CliError(`${what} is no YAML: ${first}${more}.`);
  }
  const [value, other] = [read.value, OTHER[key]];
  if (isMapping(value) && !(key in value) && other in value) throw mixedUp(key);
  const entries = entriesOf(isMapping(value) && key in value ? value[key] : value);
  if (entries === undefined) throw new CliError(`${what} holds no list or mapping "${key}".`);
  return entries;
}

function entriesOf(value: unknown): readonly ExportEntry[] | undefined {
  if (Array.isArray(value))
    return value.every(isMapping) ? value.map((fields) => textsOf(fields)) : undefined;
  if (!isMapping(value)) return undefined;
  const byId = Object.entries(value);
  return byId.every(([, fields]) => isMapping(fields))
    ? byId.map(([id, fields]) => ({ ...textsOf(fields), id }))
    : undefined;
}

function textsOf(fields: unknown): ExportEntry {
  const pairs = Object.entries(fields ?? {}).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string' && !/^(|null|~)$/.test(pair[1]),
  );
  return Object.fromEntries(pairs);
}
