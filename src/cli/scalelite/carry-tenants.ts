import { describeIssues } from '../../admin/cluster-faults.js';
import { tenantDocument } from '../../admin/cluster-schema.js';
import { DEFAULT_TENANT } from '../../tenants/tenant.js';
import { tenantIdOfMark } from '../../tenants/tenant-mark.js';
import type { CarriedOver } from './carried-over.js';
import { literalSecret } from './literal-secret.js';
import type { ScaleliteTenant, TenantSetting } from './read-tenants.js';

const KNOWN = ['id', 'name', 'secrets'];
/** Tenants of Scalelite as documents of a cluster file; `urlHost` is its URL_HOST, below which its tenants have their hosts. */
export function carryTenants(tenants: readonly ScaleliteTenant[], urlHost: string | undefined): CarriedOver {
  const documents: object[] = [];
  const leftOut: string[] = [];
  const notes: string[] = [];
  const taken = new Set<string>();
  for (const { fields, settings } of tenants) {
    const { name = '', secrets = '' } = fields;
    const label = `tenant ${name === '' ? (fields.id ?? '') : name}`;
    const id = tenantIdOfMark(name);
    const document = {
      kind: 'Tenant',
      id,
      ...(urlHost === undefined ? {} : { hosts: [`${name.toLowerCase()}.${urlHost}`] }),
      secrets: secrets
        .split(':')
        .filter((secret) => secret !== '')
        .map(literalSecret),
      ...parametersOf(settings, label, notes),
    };
    const parsed = tenantDocument.safeParse(document);
    const faults = parsed.success ? [] : describeIssues(parsed.error.issues, document, () => []);
    if (document.secrets.length === 0) faults.push('it has no secret');
    if (taken.has(id.toLowerCase())) faults.push('another tenant has the same name');
    if (faults.length > 0) {
      leftOut.push(`${label}: ${faults.join('; ')}`);
      continue;
    }
    taken.add(id.toLowerCase());
    documents.push(document);
    if (id !== name) notes.push(`${label} is ${id} now: "${DEFAULT_TENANT}" is the tenant of ballast.yaml`);
    const more = Object.keys(fields).filter((key) => !KNOWN.includes(key));
    if (more.length > 0) {
      notes.push(
        `${label}: ${more.join(', ')} are not carried over; Ballast makes no LRS credentials for a meeting`,
      );
    }
  }
  if (documents.length > 0 && urlHost === undefined) {
    notes.push(
      'The tenants have no host names; give --url-host with the URL_HOST of Scalelite, or let front ends call them ' +
        'under /t/TENANT/bigbluebutton/api.',
    );
  }
  return { documents, leftOut, notes };
}

type Values = Record<string, string>;

/** Scalelite gives a setting to creates and joins alike, but for the tag of a server. */
function parametersOf(settings: readonly TenantSetting[], label: string, notes: string[]): object {
  const create: { default: Values; force: Values } = { default: {}, force: {} };
  const join: { default: Values; force: Values } = { default: {}, force: {} };
  for (const { parameter, value, isForced } of settings) {
    if (!canBeRuled(parameter, value)) {
      notes.push(`${label}: its setting ${parameter} is left out; that parameter cannot be ruled`);
      continue;
    }
    const kind = isForced ? 'force' : 'default';
    create[kind][parameter] = value;
    if (parameter !== 'meta_server-tag') join[kind][parameter] = value;
  }
  const rules = { create: withoutEmpty(create), join: withoutEmpty(join) };
  return settings.length === 0 ? {} : { parameters: withoutEmpty(rules) };
}

function canBeRuled(parameter: string, value: string): boolean {
  const parameters = { create: { default: { [parameter]: value } } };
  return tenantDocument.safeParse({ kind: 'Tenant', id: 'any', secrets: ['any'], parameters }).success;
}

function withoutEmpty(values: object): object {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => Object.keys(value as object).length > 0),
  );
}
