import type { Kysely, Selectable } from 'kysely';
import type { ServerDefinition, ServerStore } from '../pool/server.js';
import { decodeJson, encodeJson, numbersByName, strings } from './json-text.js';
import type { Database } from './schema.js';

type ServerRow = Selectable<Database['servers']>;

const limits = numbersByName(['cpu', 'memory', 'network', 'attendees', 'meetings']);

/** Servers, listed in order of ID. */
export function createServerTable(db: Kysely<Database>): ServerStore {
  return {
    async listServers() {
      const rows = await db.selectFrom('servers').selectAll().orderBy('id').execute();
      return rows.map(toServer);
    },
    async saveServer(server) {
      const { id, ...rest } = toRow(server);
      await db
        .insertInto('servers')
        .values({ id, ...rest })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(rest))
        .execute();
    },
    async removeServer(id) {
      await db.deleteFrom('servers').where('id', '=', id).execute();
    },
  };
}

function toRow(server: ServerDefinition): ServerRow {
  return {
    id: server.id,
    url: server.url,
    secret: server.secret,
    allow_insecure_tls: server.allowInsecureTls ? 1 : 0,
    load_multiplier: server.loadMultiplier,
    tags: encodeJson(server.tags),
    admin_state: server.adminState,
    is_draining: server.isDraining ? 1 : 0,
    metrics_host: server.metricsHost ?? null,
    limits: encodeJson(server.limits),
    network_mbit: server.networkMbit ?? null,
  };
}

function toServer(row: ServerRow): ServerDefinition {
  return {
    id: row.id,
    url: row.url,
    secret: row.secret,
    allowInsecureTls: row.allow_insecure_tls === 1,
    loadMultiplier: row.load_multiplier,
    tags: decodeJson(strings, row.tags, `server ${row.id}`),
    adminState: row.admin_state,
    isDraining: row.is_draining === 1,
    metricsHost: row.metrics_host ?? undefined,
    limits: decodeJson(limits, row.limits, `server ${row.id}`),
    networkMbit: row.network_mbit ?? undefined,
  };
}
