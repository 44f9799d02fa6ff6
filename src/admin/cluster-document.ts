import { isMapping } from '../config/read-config-file.js';
import { parseAllDocuments } from 'yaml';
import { CALL_NAMES } from '../bbb/call-names.js';
import type { ServerDefinition } from '../pool/server.js';
import { DEFAULT_TENANT, type Tenant } from '../tenants/tenant.js';
import { nearestName } from '../config/nearest-name.js';
import { readYaml } from '../config/read-yaml.js';
import { ClusterError, describeIssues } from './cluster-faults.js';
import {
  serverDocument,
  serverFields,
  type ServerFields,
  tenantDocument,
  type TenantFields,
} from './cluster-schema.js';
import { expandSecret, readSecretFile, type SecretSource } from './cluster-secrets.js';

/** A server as a document wants it; without a state the server keeps the one it has. */
export interface WantedServer extends Omit<ServerDefinition, 'adminState' | 'isDraining'> {
  readonly adminState: ServerDefinition['adminState'] | undefined;
}

/** What a cluster file asks for. */
export interface ClusterDocument {
  readonly servers: readonly WantedServer[];
  readonly tenants: readonly Tenant[];
}

/** Reads YAML or JSON, one or several documents or a list of them. Throws ClusterError with every fault at once. */
export function parseCluster(text: string, source: SecretSource): ClusterDocument {
  const faults: string[] = [];
  const servers: WantedServer[] = [];
  const tenants: Tenant[] = [];
  for (const { label, value } of readDocuments(text, faults)) {
    const name = `${label}${nameOf(value)}`;
    const kind = isMapping(value) ? value.kind : undefined;
    const complain = (found: readonly string[]): void => {
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    };
    if (!isMapping(value)) complain(['must be a mapping with kind: Server or kind: Tenant']);
    else if (kind === 'Server') {
      const parsed = serverDocument.safeParse(value);
      if (parsed.success) collect(() => servers.push(toServer(parsed.data, source)), complain);
      else complain(describeIssues(parsed.error.issues, value, knownServerKeys));
    } else if (kind === 'Tenant') {
      const parsed = tenantDocument.safeParse(value);
      if (parsed.success) collect(() => tenants.push(toTenant(parsed.data, source)), complain);
      else complain(describeIssues(parsed.error.issues, value, knownTenantKeys));
    } else complain([kindFault(kind)]);
  }
  if (faults.length > 0) throw new ClusterError(faults);
  return { servers, tenants };
}

/** Reads the body of `POST /admin/v1/servers`: the fields of a server without `kind`. Throws ClusterError. */
export function parseServer(value: unknown, source: SecretSource): WantedServer {
  if (!isMapping(value)) throw new ClusterError(['the body must be a JSON object with id, url and secret']);
  const parsed = serverDocument.safeParse({ ...value, kind: 'Server' });
  if (!parsed.success) throw new ClusterError(describeIssues(parsed.error.issues, value, knownServerKeys));
  const faults: string[] = [];
  const found: WantedServer[] = [];
  collect(
    () => found.push(toServer(parsed.data, source)),
    (more) => faults.push(...more),
  );
  const [server] = found;
  if (server === undefined) throw new ClusterError(faults);
  return server;
}

function* readDocuments(text: string, faults: string[]): Generator<{ label: string; value: unknown }> {
  const parsed = parseAllDocuments(text, { prettyErrors: true });
  let number = 0;
  for (const document of Array.isArray(parsed) ? parsed : []) {
    number += 1;
    const label = `document ${number}`;
    const read = readYaml(document);
    if ('faults' in read) {
      faults.push(...read.faults.map((fault) => `${label}: ${fault}`));
      continue;
    }
    const { value } = read;
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries())
        yield { label: `${label}, item ${index + 1}`, value: item };
    } else if (value !== null && value !== undefined) yield { label, value };
  }
}

function collect(add: () => unknown, complain: (faults: readonly string[]) => void): void {
  try {
    add();
  } catch (error) {
    complain([error instanceof Error ? error.message : String(error)]);
  }
}

function toServer(fields: ServerFields, source: SecretSource): WantedServer {
  const { secret, secretFile, state, ...rest } = fields;
  return {
    id: rest.id,
    url: rest.url,
    secret: readSecret(secret, secretFile, source),
    allowInsecureTls: rest.allowInsecureTls,
    loadMultiplier: rest.loadMultiplier,
    tags: rest.tags,
    adminState: state,
    metricsHost: rest.metricsHost,
    limits: rest.limits,
    networkMbit: rest.networkMbit,
  };
}

function readSecret(secret: string | undefined, file: string | undefined, source: SecretSource): string {
  if (secret !== undefined && file !== undefined) throw new Error('secret: give either secret or secretFile');
  if (secret !== undefined) return within('secret', () => expandSecret(secret, source));
  if (file === undefined) throw new Error('secret: is missing (`bbb-conf --secret` prints it on the server)');
  return within('secretFile', () => {
    const [line = '', ...more] = readSecretFile(file, source);
    if (more.length > 0) throw new Error(`the file ${file} must hold one line`);
    return line;
  });
}

function toTenant(fields: TenantFields, source: SecretSource): Tenant {
  const { secrets, secretsFile } = fields;
  const resolved = [
    ...(secrets ?? []).map((secret, index) =>
      within(`secrets[${index}]`, () => expandSecret(secret, source)),
    ),
    ...(secretsFile === undefined ? [] : within('secretsFile', () => readSecretFile(secretsFile, source))),
  ];
  if (resolved.length === 0 && fields.id !== DEFAULT_TENANT)
    throw new Error('secrets: at least one is needed');
  return {
    id: fields.id,
    hosts: fields.hosts,
    secrets: [...new Set(resolved)],
    limits: fields.limits,
    serverTags: fields.servers.tags,
    parameters: fields.parameters,
    policy: fields.policy,
    ...(fields.recordings?.keepFor !== undefined && {
      recordings: { keepForMs: fields.recordings.keepFor },
    }),
  };
}

function within<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${key}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** ` (Server bbb1)` as far as it can be told. */
function nameOf(value: unknown): string {
  if (!isMapping(value)) return '';
  const parts = [value.kind, value.id].filter((part) => typeof part === 'string' || typeof part === 'number');
  return parts.length === 0 ? '' : ` (${parts.join(' ').slice(0, 80)})`;
}

function kindFault(kind: unknown): string {
  if (kind === undefined) return 'kind: is missing, must be Server or Tenant';
  const nearest = typeof kind === 'string' ? nearestName(kind, ['Server', 'Tenant']) : undefined;
  return nearest === undefined
    ? 'kind: must be Server or Tenant'
    : `kind: must be Server or Tenant, did you mean ${nearest}?`;
}

const LIMIT_KEYS = ['cpu', 'memory', 'network', 'attendees', 'meetings'];

function knownServerKeys(path: readonly PropertyKey[]): readonly string[] {
  return path[0] === 'limits' ? LIMIT_KEYS : ['kind', ...Object.keys(serverFields)];
}

function knownTenantKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(tenantDocument.shape);
  if (path[0] === 'limits') return ['meetings', 'attendees'];
  if (path[0] === 'servers') return ['tags'];
  if (path[0] === 'recordings') return ['keepFor'];
  if (path[0] !== 'parameters') return [];
  if (path.length === 1) return CALL_NAMES;
  return path.length === 2 ? ['default', 'force', 'max', 'drop'] : [];
}
