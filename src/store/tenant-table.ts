import type { Kysely, Selectable } from 'kysely';
import { z } from 'zod';
import { POLICY_NAMES } from '../policy-names.js';
import type { Tenant, TenantStore } from '../tenants/tenant.js';
import { decodeJson, encodeJson, numbersByName, strings } from './json-text.js';
import type { Database } from './schema.js';

type TenantRow = Selectable<Database['tenants']>;

const limits = numbersByName(['meetings', 'attendees']);
const recordings = numbersByName(['keepForMs']);
const parameters = z.record(
  z.string(),
  z.object({
    default: z.record(z.string(), z.string()),
    force: z.record(z.string(), z.string()),
    max: z.record(z.string(), z.number()),
    drop: strings,
  }),
);

/** Tenants, listed in order of ID. */
export function createTenantTable(db: Kysely<Database>): TenantStore {
  return {
    async listTenants() {
      const rows = await db.selectFrom('tenants').selectAll().orderBy('id').execute();
      return rows.map(toTenant);
    },
    async saveTenant(tenant) {
      const { id, ...rest } = toRow(tenant);
      await db
        .insertInto('tenants')
        .values({ id, ...rest })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
        .execute();
    },
    async removeTenant(id) {
      await db.deleteFrom('tenants').where('id', '=', id).execute();
    },
  };
}

function toRow(tenant: Tenant): TenantRow {
  return {
    id: tenant.id,
    hosts: encodeJson(tenant.hosts),
    secrets: encodeJson(tenant.secrets),
    limits: encodeJson(tenant.limits),
    server_tags: encodeJson(tenant.serverTags),
    parameters: encodeJson(tenant.parameters),
    policy: tenant.policy ?? null,
    recordings: tenant.recordings === undefined ? null : encodeJson(tenant.recordings),
  };
}

function toTenant(row: TenantRow): Tenant {
  const name = `tenant ${row.id}`;
  return {
    id: row.id,
    hosts: decodeJson(strings, row.hosts, name),
    secrets: decodeJson(strings, row.secrets, name),
    limits: decodeJson(limits, row.limits, name),
    serverTags: decodeJson(strings, row.server_tags, name),
    parameters: decodeJson(parameters, row.parameters, name),
    policy: POLICY_NAMES.find((policy) => policy === row.policy),
    ...(row.recordings !== null && { recordings: decodeJson(recordings, row.recordings, name) }),
  };
}
